internal import CZip

/// A ZIP archive in memory that somebody has sent, by libzip.
///
/// What is inflated is counted as it comes, over all parts: what the archive says of their sizes is
/// not believed. An archive within the archive is bytes like any others.
final class ZipArchive {
    private let archive: OpaquePointer
    private let limit: Int
    /// How many bytes may still be inflated.
    private var left: Int

    init(_ file: [UInt8], within limits: Table.Limits) throws {
        limit = limits.inflated
        left = limits.inflated
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        // It stays until the archive is closed, which frees it.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 1)
        copy.copyBytes(from: file)
        guard
            let source = zip_source_buffer_create(
                copy.baseAddress, UInt64(file.count), 1, &error)
        else {
            copy.deallocate()
            throw Self.broken(&error)
        }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
            zip_source_free(source)
            throw Self.broken(&error)
        }
        self.archive = archive
        let entries = zip_get_num_entries(archive, 0)
        guard entries <= limits.entries else {
            throw TableError.excess(
                "The archive has \(entries) entries; a workbook may have \(limits.entries).")
        }
    }

    deinit {
        zip_discard(archive)
    }

    private static func broken(_ error: inout zip_error_t) -> TableError {
        TableError(
            "A workbook is a ZIP archive, and this is no whole one. "
                + "\(String(cString: zip_error_strerror(&error))).")
    }

    /// A part, about to be inflated; nil where there is none of that name.
    func open(_ name: String) throws -> Part? {
        // Names of parts are compared without regard to case (ECMA-376 Part 2, §6.2.2.3).
        let index = zip_name_locate(archive, name, ZIP_FL_NOCASE)
        guard index >= 0 else { return nil }
        guard let file = zip_fopen_index(archive, UInt64(index), 0) else {
            let error = zip_get_error(archive)
            let code = error.map { zip_error_code_zip($0) }
            guard code != ZIP_ER_NOPASSWD, code != ZIP_ER_ENCRNOTSUPP else {
                throw TableError(
                    "The workbook is encrypted; save it without a password.")
            }
            throw TableError(
                "The part \(name) cannot be read: \(error.map(Self.words) ?? "no reason given").")
        }
        return Part(name: name, file: file, archive: self)
    }

    private static func words(_ error: UnsafeMutablePointer<zip_error_t>) -> String {
        String(cString: zip_error_strerror(error))
    }

    /// One file of the archive, while it is inflated.
    final class Part {
        let name: String
        private let file: OpaquePointer
        private let archive: ZipArchive

        fileprivate init(name: String, file: OpaquePointer, archive: ZipArchive) {
            self.name = name
            self.file = file
            self.archive = archive
        }

        deinit {
            zip_fclose(file)
        }

        /// Inflates the next bytes.
        ///
        /// - Parameter buffer: where to.
        /// - Returns: how many there were; 0 at the end, where they have been checked against their
        ///   CRC.
        /// - Throws: ``TableError``.
        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard let address = buffer.baseAddress else { return 0 }
            let count = zip_fread(file, address, UInt64(buffer.count))
            guard count >= 0 else {
                let reason = zip_file_get_error(file).map(ZipArchive.words) ?? "no reason given"
                throw TableError("The part \(name) cannot be inflated: \(reason).")
            }
            archive.left -= Int(count)
            guard archive.left >= 0 else {
                throw TableError.excess(
                    "The workbook inflates to more than \(archive.limit >> 20) MiB.")
            }
            return Int(count)
        }
    }
}

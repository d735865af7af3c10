internal import CZip
internal import Glibc

/// Makes ZIP archives in memory, by libzip: of the same files always the same bytes.
///
/// It is of tables and of the local runner's packages, and no part of what functions see.
package enum ZipWriter {
    /// What is put into an archive.
    package struct File {
        var name: String
        var content: [UInt8]
        /// Its permissions (`mode_t`), where they matter; such a file is made as small as can be.
        var mode: UInt32?

        package init(name: String, content: [UInt8], mode: UInt32? = nil) {
            self.name = name
            self.content = content
            self.mode = mode
        }
    }

    /// 1980-01-01, the first day that an archive can name.
    private static let date: UInt16 = 0x21

    /// An archive of some files, in their order.
    package static func archive(_ files: [(name: String, content: [UInt8])]) throws -> [UInt8] {
        try archive(files.map { File(name: $0.name, content: $0.content) })
    }

    /// An archive of some files, in their order.
    package static func archive(_ files: [File]) throws -> [UInt8] {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let source = zip_source_buffer_create(nil, 0, 0, &error) else {
            throw failure("zip_source_buffer_create", &error)
        }
        defer { zip_source_free(source) }
        guard let archive = zip_open_from_source(source, ZIP_TRUNCATE, &error) else {
            throw failure("zip_open_from_source", &error)
        }
        // Closing it would free the source.
        zip_source_keep(source)
        do {
            for file in files { try add(file, to: archive) }
        } catch {
            zip_discard(archive)
            throw error
        }
        guard zip_close(archive) == 0 else {
            defer { zip_discard(archive) }
            throw failure("zip_close", zip_get_error(archive))
        }
        return try content(of: source)
    }

    private static func add(_ file: File, to archive: OpaquePointer) throws {
        let content = file.content
        // libzip frees it when it has written it.
        guard let copy = malloc(max(1, content.count)) else { throw ZipError("malloc: no memory") }
        copy.copyMemory(from: content, byteCount: content.count)
        guard let source = zip_source_buffer(archive, copy, UInt64(content.count), 1) else {
            free(copy)
            throw failure("zip_source_buffer", zip_get_error(archive))
        }
        let index = zip_file_add(archive, file.name, source, UInt32(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw failure("zip_file_add", zip_get_error(archive))
        }
        guard zip_file_set_dostime(archive, UInt64(index), 0, date, 0) == 0 else {
            throw failure("zip_file_set_dostime", zip_get_error(archive))
        }
        guard let mode = file.mode else { return }
        let attributes = (UInt32(S_IFREG) | mode) << 16
        guard zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, 9) == 0,
            zip_file_set_external_attributes(
                archive, UInt64(index), 0, UInt8(ZIP_OPSYS_UNIX), attributes) == 0
        else { throw failure("zip_file_set_…", zip_get_error(archive)) }
    }

    private static func content(of source: OpaquePointer) throws -> [UInt8] {
        var status = zip_stat_t()
        guard zip_source_stat(source, &status) == 0, zip_source_open(source) == 0 else {
            throw failure("zip_source_open", zip_source_error(source))
        }
        defer { zip_source_close(source) }
        let size = Int(status.size)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard let address = buffer.baseAddress,
                zip_source_read(source, address, UInt64(size)) == Int64(size)
            else { throw failure("zip_source_read", zip_source_error(source)) }
            count = size
        }
    }

    private static func failure(
        _ operation: String, _ error: UnsafeMutablePointer<zip_error_t>?
    ) -> ZipError {
        ZipError("\(operation): \(error.map { String(cString: zip_error_strerror($0)) } ?? "")")
    }
}

/// An archive could not be written.
package struct ZipError: Error, CustomStringConvertible {
    package var description: String

    init(_ description: String) {
        self.description = description
    }
}

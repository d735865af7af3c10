import CZip
import Glibc

/// Makes ZIP archives in memory, by libzip: of the same files always the same bytes.
///
/// Files are sorted by path, and have the permissions that a host needs to run them; all were last
/// changed on 1980-01-01, the first day that an archive can name.
enum ArchiveWriter {
    private static let date: UInt16 = 0x21

    static func archive(_ files: [PackageFile]) throws -> [UInt8] {
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
            for file in files.sorted(by: { $0.path < $1.path }) { try add(file, to: archive) }
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

    private static func add(_ file: PackageFile, to archive: OpaquePointer) throws {
        let content = try file.bytes()
        // libzip frees it when it has written it.
        guard let copy = malloc(max(1, content.count)) else { throw SystemCallError("malloc") }
        copy.copyMemory(from: content, byteCount: content.count)
        guard let source = zip_source_buffer(archive, copy, UInt64(content.count), 1) else {
            free(copy)
            throw failure("zip_source_buffer", zip_get_error(archive))
        }
        let index = zip_file_add(archive, file.path, source, UInt32(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw failure("zip_file_add", zip_get_error(archive))
        }
        let attributes = UInt32(S_IFREG | file.mode) << 16
        guard zip_file_set_dostime(archive, UInt64(index), 0, date, 0) == 0,
            zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, 9) == 0,
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
    ) -> RunnerError {
        let words = error.map { String(cString: zip_error_strerror($0)) } ?? ""
        return RunnerError("An archive cannot be made: \(operation): \(words).")
    }
}

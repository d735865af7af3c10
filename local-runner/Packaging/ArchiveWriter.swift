import ZipFiles

/// Archives of a package's files: of the same files always the same bytes.
///
/// Files are sorted by path, and have the permissions that a host needs to run them; all were last
/// changed on 1980-01-01, the first day that an archive can name.
enum ArchiveWriter {
    static func archive(_ files: [PackageFile]) throws -> [UInt8] {
        let sorted = try files.sorted { $0.path < $1.path }.map {
            ZipWriter.File(name: $0.path, content: try $0.bytes(), mode: $0.mode)
        }
        do {
            return try ZipWriter.archive(sorted)
        } catch {
            throw RunnerError("An archive cannot be made: \(error).")
        }
    }
}

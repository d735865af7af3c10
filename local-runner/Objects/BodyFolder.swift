import FunctionCrypto
import Glibc
import NIOCore

/// Where the bytes of an object or of a part are.
enum BodyPlace: Sendable, Equatable {
    /// In the database, where they are few.
    case inline([UInt8])
    /// A file of the folder, by its name.
    case file(String)

    var file: String? {
        if case .file(let name) = self { name } else { nil }
    }
}

/// The folder of the bodies: files with random names, none of which is ever written to again.
///
/// Names have nothing to do with keys, so no key can name a file it should not. A body is written
/// first and becomes an object by a row of the database; what a crash leaves between the two is
/// found and removed at the next start. A file that no row names any more is unlinked, while those
/// who read it keep it by their descriptor.
struct BodyFolder: Sendable {
    let path: String

    /// Opens the folder.
    ///
    /// - Throws: ``SystemCallError`` where it cannot be made.
    init(_ path: String) throws {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SystemCallError("Making \(path)")
        }
    }

    /// Removes all files but these.
    func sweep(keeping names: Set<String>) throws {
        guard let folder = opendir(path) else { throw SystemCallError("Reading \(path)") }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != "..", !names.contains(name) { remove(name) }
        }
    }

    func remove(_ name: String) {
        unlink("\(path)/\(name)")
    }

    func remove(_ places: [BodyPlace]) {
        for case .file(let name) in places { remove(name) }
    }

    /// Opens a body to be read, from some byte on.
    ///
    /// - Throws: ``SystemCallError`` where the file is gone.
    func open(_ name: String, offset: Int, length: Int) throws -> ServiceFile {
        let descriptor = Glibc.open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemCallError("Opening the body \(name)") }
        return ServiceFile(descriptor: descriptor, offset: Int64(offset), length: length)
    }

    /// Makes a file to be written.
    func create() throws -> (name: String, descriptor: Int32) {
        let name = Hex.encode(try Random.bytes(16))
        let descriptor = Glibc.open(
            "\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemCallError("Making a body") }
        return (name, descriptor)
    }

    /// A second name for a body, which costs no copying: bodies are never changed.
    func duplicate(_ place: BodyPlace) throws -> BodyPlace {
        guard case .file(let name) = place else { return place }
        let copy = Hex.encode(try Random.bytes(16))
        guard link("\(path)/\(name)", "\(path)/\(copy)") == 0 else {
            throw SystemCallError("Copying a body")
        }
        return .file(copy)
    }
}

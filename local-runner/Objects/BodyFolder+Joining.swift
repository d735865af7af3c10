import CLinux
import Glibc

extension BodyFolder {
    /// Puts bodies one behind another into one.
    ///
    /// The kernel copies files from one to another, so nothing of them comes into memory, and where
    /// the file system can, nothing is copied at all. One body alone needs no copy.
    func joined(_ places: [BodyPlace]) throws -> BodyPlace {
        if places.count == 1 { return places[0] }
        let (name, output) = try create()
        defer { close(output) }
        do {
            for place in places {
                switch place {
                case .inline(let bytes): try write(bytes, to: output)
                case .file(let part): try append(part, to: output)
                }
            }
        } catch {
            remove(name)
            throw error
        }
        return .file(name)
    }

    private func write(_ bytes: [UInt8], to output: Int32) throws {
        guard Glibc.write(output, bytes, bytes.count) == bytes.count else {
            throw SystemCallError("Writing a body")
        }
    }

    private func append(_ part: String, to output: Int32) throws {
        let input = Glibc.open("\(path)/\(part)", O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw SystemCallError("Opening a part") }
        defer { close(input) }
        while true {
            let count = copy_file_range(input, nil, output, nil, 1 << 30, 0)
            if count == 0 { return }
            guard count > 0 else { throw SystemCallError("Joining parts") }
        }
    }
}

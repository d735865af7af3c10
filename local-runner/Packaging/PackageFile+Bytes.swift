import Foundation
import FunctionCrypto

extension PackageFile {
    /// What stands in it.
    func bytes() throws -> [UInt8] {
        switch content {
        case .text(let text): return Array(text.utf8)
        case .file(let path): return try Self.read(path)
        case .zip(let files): return try ArchiveWriter.archive(files)
        }
    }

    /// What it is made of, in 64 characters: of two files with one digest and one path, one is made.
    ///
    /// An archive is known by what goes into it, as compressing is what takes time.
    func digest() throws -> String {
        switch content {
        case .text(let text): return Hex.encode(Hash.sha256.digest(of: text))
        case .file(let path): return Hex.encode(Hash.sha256.digest(of: try Self.read(path)))
        case .zip(let files):
            let lines = try files.sorted { $0.path < $1.path }.map {
                "\($0.path) \(String($0.mode, radix: 8)) \(try $0.digest())\n"
            }
            return Hex.encode(Hash.sha256.digest(of: lines.joined()))
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw RunnerError("\(path) cannot be read: \(error.localizedDescription)")
        }
    }
}

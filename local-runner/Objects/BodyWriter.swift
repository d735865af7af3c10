import FunctionCrypto
import Glibc

/// Stores a body that comes piece by piece, and computes on the way what is to be known of it.
///
/// A small one stays in memory and goes into the database with its row; a larger one goes to a file.
/// Unless it is taken over in the end, nothing of it is left.
final class BodyWriter {
    /// What was stored.
    struct Stored: Sendable {
        var place: BodyPlace
        var length: Int
        var md5: [UInt8]
        /// Where it was asked for.
        var sha256: [UInt8]?
        var checksum: (algorithm: ChecksumAlgorithm, bytes: [UInt8])?
    }

    /// Up to so many bytes, a row of the database is cheaper than a file.
    static let inlineLimit = 16 << 10

    private let folder: BodyFolder?
    private var buffer: [UInt8] = []
    private var file: (name: String, descriptor: Int32)?
    private(set) var length = 0
    private let md5 = IncrementalHash(.md5)
    private let sha256: IncrementalHash?
    private let algorithm: ChecksumAlgorithm?
    private let checksum: ChecksumHasher?

    /// - Parameters:
    ///   - folder: of the files; nil to keep all of it in memory.
    ///   - algorithm: of the checksum to compute.
    ///   - hashes: whether to compute the SHA-256, too.
    init(in folder: BodyFolder?, checksum algorithm: ChecksumAlgorithm?, hashes: Bool = false) {
        self.folder = folder
        self.algorithm = algorithm
        checksum = algorithm.map { ChecksumHasher($0) }
        sha256 = hashes ? IncrementalHash(.sha256) : nil
    }

    deinit {
        guard let file else { return }
        close(file.descriptor)
        folder?.remove(file.name)
    }

    /// - Throws: ``SystemCallError``, where the disk is full.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        md5.update(bytes)
        sha256?.update(bytes)
        checksum?.update(bytes)
        length += bytes.count
        guard let folder, length > Self.inlineLimit else {
            buffer.append(contentsOf: bytes)
            return
        }
        if file == nil {
            file = try folder.create()
            try buffer.withUnsafeBytes { try writeAll($0) }
            buffer = []
        }
        try writeAll(bytes)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty, let file {
            let count = Glibc.write(
                file.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SystemCallError("Writing a body")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Hands over what was stored; whoever takes it removes it when nobody needs it.
    func finish() -> Stored {
        let place = file.map { BodyPlace.file($0.name) } ?? .inline(buffer)
        if let file { close(file.descriptor) }
        file = nil
        return Stored(
            place: place, length: length, md5: md5.finish(), sha256: sha256?.finish(),
            checksum: algorithm.flatMap { algorithm in
                checksum.map { (algorithm, $0.finish()) }
            })
    }
}

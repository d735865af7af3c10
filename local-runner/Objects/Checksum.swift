import FunctionCrypto
import FunctionRuntime
import NIOHTTP1

/// The algorithms of `x-amz-checksum-*`.
enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    case crc32 = "CRC32"
    case crc32c = "CRC32C"
    case crc64nvme = "CRC64NVME"
    case sha1 = "SHA1"
    case sha256 = "SHA256"

    /// Of the header that holds the value.
    var header: String { "x-amz-checksum-\(rawValue.lowercased())" }
    /// Of the element that holds the value.
    var element: String { "Checksum\(rawValue)" }

    /// In bytes.
    var length: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme: 8
        case .sha1: 20
        case .sha256: 32
        }
    }

    /// For those of which the parts' values give that of the whole.
    var crc: CRC? {
        switch self {
        case .crc32: .crc32
        case .crc32c: .crc32c
        case .crc64nvme: .crc64nvme
        case .sha1, .sha256: nil
        }
    }

    /// What a multipart upload's checksum is of, where the client does not say.
    var defaultKind: Checksum.Kind { self == .crc64nvme ? .fullObject : .composite }
}

/// A checksum that a client has given or asked for, and that was found to be right.
struct Checksum: Sendable, Equatable {
    enum Kind: String, Sendable {
        case fullObject = "FULL_OBJECT"
        /// Of the parts' checksums, one after another.
        case composite = "COMPOSITE"
    }

    var algorithm: ChecksumAlgorithm
    /// In Base64; a composite one has the number of parts behind a hyphen.
    var value: String
    var kind = Kind.fullObject

    /// As the database keeps it: `CRC32 FULL_OBJECT AAAAAA==`.
    var stored: String { "\(algorithm.rawValue) \(kind.rawValue) \(value)" }

    init(_ algorithm: ChecksumAlgorithm, _ value: String, _ kind: Kind = .fullObject) {
        self.algorithm = algorithm
        self.value = value
        self.kind = kind
    }

    init?(stored: String?) {
        guard let words = stored?.split(separator: " "), words.count == 3,
            let algorithm = ChecksumAlgorithm(rawValue: String(words[0])),
            let kind = Kind(rawValue: String(words[1]))
        else { return nil }
        self.init(algorithm, String(words[2]), kind)
    }

    var headers: [(name: String, value: String)] {
        [(algorithm.header, value), ("x-amz-checksum-type", kind.rawValue)]
    }

    /// Of a multipart upload, from its parts' checksums and lengths.
    init?(
        _ algorithm: ChecksumAlgorithm, _ kind: Kind, of parts: [(value: String, length: Int)]
    ) {
        let values = parts.compactMap { Base64.decode($0.value) }
        guard values.count == parts.count else { return nil }
        guard kind == .fullObject else {
            let hasher = ChecksumHasher(algorithm)
            for value in values { value.withUnsafeBytes { hasher.update($0) } }
            self.init(algorithm, "\(Base64.encode(hasher.finish()))-\(parts.count)", .composite)
            return
        }
        guard let crc = algorithm.crc else { return nil }
        var total: UInt64 = 0
        for (value, part) in zip(values, parts) {
            let own = value.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            total = crc.combine(total, own, length: part.length)
        }
        self.init(algorithm, Base64.encode(crc.bytes(total)))
    }
}

/// Computes a checksum of what comes piece by piece.
final class ChecksumHasher {
    private let crc: CRC?
    private var value: UInt64 = 0
    private let hash: IncrementalHash?

    init(_ algorithm: ChecksumAlgorithm) {
        crc = algorithm.crc
        hash =
            switch algorithm {
            case .sha1: IncrementalHash(.sha1)
            case .sha256: IncrementalHash(.sha256)
            default: nil
            }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        if let crc { value = crc.update(value, bytes) }
        hash?.update(bytes)
    }

    func finish() -> [UInt8] {
        hash?.finish() ?? crc?.bytes(value) ?? []
    }
}

extension CRC {
    /// A value as it is written: the most significant byte first.
    func bytes(_ value: UInt64) -> [UInt8] {
        stride(from: width - 8, through: 0, by: -8).map { UInt8(value >> UInt64($0) & 255) }
    }
}

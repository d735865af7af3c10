import FunctionCrypto
import NIOCore

/// Takes a body of `aws-chunked` apart: chunks with their lengths in hexadecimal digits, a last one
/// of no bytes, and perhaps trailing headers.
///
///     2000;chunk-signature=…␍␊ … ␍␊ 0;chunk-signature=…␍␊ x-amz-checksum-crc32:AAAAAA==␍␊ ␍␊
///
/// It is a coding within HTTP's own, so that a client can sign, or add a checksum, while it sends.
struct ChunkedBody {
    private enum State {
        case header
        case data(left: Int, signature: String)
        case dataEnd(signature: String)
        case trailer
        case end
    }

    /// How the chunks are signed; nil where they are not.
    private var signatures: ChunkSignatures?
    private let accessKeyID: String
    /// Whether headers follow the last chunk.
    private let hasTrailer: Bool
    private var state = State.header
    private var line: [UInt8] = []
    private var hash: IncrementalHash?
    /// Of the chunk before: only the last may be small.
    private var isLastTooSmall = false
    private var trailerText = ""
    /// What followed the chunks, by names in lower case.
    private(set) var trailers: [String: String] = [:]

    private static let lineLimit = 4096
    private static let smallestChunk = 8192

    init(signatures: ChunkSignatures?, accessKeyID: String, hasTrailer: Bool) {
        self.signatures = signatures
        self.accessKeyID = accessKeyID
        self.hasTrailer = hasTrailer
    }

    /// Whether the last chunk and all that follows it have been read.
    var isComplete: Bool { if case .end = state { true } else { false } }

    /// Takes the next bytes, and gives on those that are data.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if case .data(let left, let signature) = state {
                let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(left))
                rest = rest.dropFirst(piece.count)
                hash?.update(piece)
                try sink(piece)
                state =
                    piece.count == left
                    ? .dataEnd(signature: signature)
                    : .data(left: left - piece.count, signature: signature)
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                line += rest
                guard line.count <= Self.lineLimit else { throw Self.malformed }
                return
            }
            line += rest[..<end]
            rest = rest[(end + 1)...]
            guard line.last == UInt8(ascii: "\r"), line.count <= Self.lineLimit else {
                throw Self.malformed
            }
            let text = String(decoding: line.dropLast(), as: UTF8.self)
            line = []
            try take(line: text)
        }
    }

    private mutating func take(line: String) throws {
        switch state {
        case .header: try take(header: line)
        case .dataEnd(let signature):
            guard line.isEmpty else { throw Self.malformed }
            try checkChunk(signature)
            state = .header
        case .trailer: try take(trailer: line)
        case .data, .end: throw Self.malformed
        }
    }

    private mutating func take(header: String) throws {
        let parts = header.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard (1...16).contains(parts[0].utf8.count),
            parts[0].utf8.allSatisfy({ $0.hexadecimalValue != nil }),
            let length = Int(parts[0], radix: 16)
        else { throw Self.malformed }
        var signature = ""
        if signatures != nil {
            let prefix = "chunk-signature="
            guard parts.count == 2, parts[1].hasPrefix(prefix) else { throw Self.malformed }
            signature = String(parts[1].dropFirst(prefix.count))
            hash = IncrementalHash(.sha256)
        }
        guard length > 0 else {
            try checkChunk(signature)
            // Without a trailer an empty line ends it all, and with one it ends the headers.
            state = .trailer
            return
        }
        guard !isLastTooSmall else {
            throw ObjectsError(
                403, "InvalidChunkSizeError",
                "Only the last chunk is allowed to have a size less than 8192 bytes")
        }
        isLastTooSmall = length < Self.smallestChunk
        state = .data(left: length, signature: signature)
    }

    private mutating func take(trailer line: String) throws {
        guard !line.isEmpty else {
            guard signatures == nil || trailerText.isEmpty else { throw Self.malformed }
            state = .end
            return
        }
        guard hasTrailer, let colon = line.firstIndex(of: ":"), trailers.count < 8 else {
            throw Self.malformed
        }
        let name = line[..<colon].lowercased()
        let value = line[line.index(after: colon)...].trimmingSpaces
        if name == "x-amz-trailer-signature" {
            try signatures?.check(
                trailer: trailerText, signature: value, accessKeyID: accessKeyID)
            trailerText = ""
        } else {
            trailers[name] = value
            trailerText += "\(name):\(value)\n"
        }
    }

    private mutating func checkChunk(_ signature: String) throws {
        guard let digest = hash?.finish() else { return }
        hash = nil
        try signatures?.check(chunk: digest, signature: signature, accessKeyID: accessKeyID)
    }

    private static let malformed = ObjectsError(
        400, "InvalidRequest", "The body is not what the content encoding aws-chunked prescribes.")
}

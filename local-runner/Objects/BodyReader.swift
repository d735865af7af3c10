import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// Reads a request's body to where it belongs, and checks all that the client has said of it: its
/// length, its SHA-256 as signed, `Content-MD5`, and `x-amz-checksum-*` in a header or a trailer.
struct BodyReader {
    let call: ObjectsCall
    private let isChunked: Bool
    private let hasTrailer: Bool
    private let signsChunks: Bool
    /// How many bytes the client will send; nil where it does not say.
    let length: Int?
    /// The MD5 that the client has computed.
    private let md5: [UInt8]?
    /// The algorithm of the checksum that the client gives, be it in a trailer.
    let algorithm: ChecksumAlgorithm?
    private let checksum: [UInt8]?
    private let isChecksumInTrailer: Bool

    /// - Parameters:
    ///   - call: the request.
    ///   - isChecked: whether a checksum in a header is the body's, as it is but for the completion
    ///     of a multipart upload, where it is the object's.
    /// - Throws: ``ObjectsError`` where what the client says makes no sense.
    init(_ call: ObjectsCall, isChecked: Bool = true) throws {
        self.call = call
        let payload = call.signer.payloadHash
        isChunked = payload.hasPrefix("STREAMING-")
        switch payload {
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": (signsChunks, hasTrailer) = (true, false)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": (signsChunks, hasTrailer) = (true, true)
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": (signsChunks, hasTrailer) = (false, true)
        case SignatureVerifier.unsignedPayload: (signsChunks, hasTrailer) = (false, false)
        default:
            guard payload.utf8.count == 64, Hex.decode(payload) != nil else {
                throw ObjectsError.invalidArgument(
                    """
                    x-amz-content-sha256 must be UNSIGNED-PAYLOAD, \
                    STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, \
                    STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.
                    """, "x-amz-content-sha256", payload)
            }
            (signsChunks, hasTrailer) = (false, false)
        }
        length = try Self.length(call, isChunked: isChunked)
        md5 = try Self.md5(call)
        (algorithm, checksum, isChecksumInTrailer) =
            try isChecked ? Self.checksum(call, hasTrailer: hasTrailer) : (nil, nil, false)
    }

    private static func length(_ call: ObjectsCall, isChunked: Bool) throws -> Int? {
        guard isChunked else {
            guard call.header("transfer-encoding") == nil else {
                throw ObjectsError.notImplemented("The header \"transfer-encoding\"")
            }
            return call.request.body.length
        }
        guard let text = call.header("x-amz-decoded-content-length") else {
            throw ObjectsError(
                411, "MissingContentLength",
                "You must provide the x-amz-decoded-content-length HTTP header.")
        }
        guard let length = Int(text), length >= 0 else {
            throw ObjectsError.invalidArgument(
                "Invalid decoded content length", "x-amz-decoded-content-length", text)
        }
        return length
    }

    private static func md5(_ call: ObjectsCall) throws -> [UInt8]? {
        guard let text = call.header("content-md5") else { return nil }
        guard let md5 = Base64.decode(text), md5.count == 16 else {
            throw ObjectsError(
                400, "InvalidDigest", "The Content-MD5 you specified was invalid.",
                [("Content-MD5", text)])
        }
        return md5
    }

    private static func checksum(
        _ call: ObjectsCall, hasTrailer: Bool
    ) throws -> (ChecksumAlgorithm?, [UInt8]?, Bool) {
        let given = try ChecksumAlgorithm.given(in: call.headers)
        let trailer = call.header("x-amz-trailer")?.lowercased()
        let trailing = ChecksumAlgorithm.allCases.first { $0.header == trailer }
        if trailer != nil, trailing == nil || !hasTrailer {
            throw ObjectsError.invalidRequest(
                "The value specified in the x-amz-trailer header is not supported")
        }
        guard given == nil || trailing == nil else {
            throw ObjectsError.invalidRequest(
                """
                Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.
                """)
        }
        try ChecksumAlgorithm.requireAgreement(
            call.header("x-amz-sdk-checksum-algorithm"), with: given?.algorithm ?? trailing)
        return (given?.algorithm ?? trailing, given?.value, trailing != nil)
    }

    /// Whether the client gives anything that its body can be checked against, beside the signature.
    var hasDigest: Bool { md5 != nil || algorithm != nil }

    /// Reads the body into a file or into memory.
    ///
    /// - Parameters:
    ///   - folder: of the files; nil to keep all of it in memory.
    ///   - limit: how long it may be, in bytes.
    ///   - other: an algorithm whose checksum is wanted, where the client gives none.
    /// - Returns: what was stored; whoever gets it removes it when it comes to nothing.
    /// - Throws: ``ObjectsError`` where it is not what the client says that it is.
    func store(
        in folder: BodyFolder?, limit: Int, computing other: ChecksumAlgorithm? = nil
    ) async throws -> BodyWriter.Stored {
        guard let length else {
            throw ObjectsError(
                411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
        }
        guard length <= limit else { throw ObjectsError.tooLarge(length, limit: limit) }
        let isHashed = !isChunked && call.signer.payloadHash != SignatureVerifier.unsignedPayload
        let writer = BodyWriter(in: folder, checksum: algorithm ?? other, hashes: isHashed)
        var chunked = ChunkedBody(
            signatures: signsChunks ? call.signer.chunks : nil,
            accessKeyID: call.signer.accessKeyID, hasTrailer: hasTrailer)
        for try await piece in call.request.body {
            try piece.withUnsafeReadableBytes { bytes in
                guard isChunked else { return try writer.write(bytes) }
                try chunked.decode(bytes) { try writer.write($0) }
            }
            guard writer.length <= length else { throw ObjectsError.incompleteBody }
        }
        guard writer.length == length, !isChunked || chunked.isComplete else {
            throw ObjectsError.incompleteBody
        }
        let stored = writer.finish()
        do {
            try check(stored, trailers: chunked.trailers)
        } catch {
            folder?.remove([stored.place])
            throw error
        }
        return stored
    }

    private func check(_ stored: BodyWriter.Stored, trailers: [String: String]) throws {
        if let sha256 = stored.sha256,
            !constantTimeEquals(Hex.encode(sha256), call.signer.payloadHash.lowercased())
        {
            throw ObjectsError(
                400, "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                [
                    ("ClientComputedContentSHA256", call.signer.payloadHash),
                    ("S3ComputedContentSHA256", Hex.encode(sha256)),
                ])
        }
        if let md5, md5 != stored.md5 {
            throw ObjectsError(
                400, "BadDigest", "The Content-MD5 you specified did not match what we received.",
                [
                    ("ExpectedDigest", Base64.encode(md5)),
                    ("CalculatedDigest", Base64.encode(stored.md5)),
                ])
        }
        guard let algorithm, let computed = stored.checksum?.bytes else { return }
        let text = trailers[algorithm.header] ?? ""
        if isChecksumInTrailer, text.isEmpty {
            throw ObjectsError(
                400, "MalformedTrailerError",
                "The request contained trailing data that was not well-formed or did not conform "
                    + "to our published schema.")
        }
        let expected = try isChecksumInTrailer ? algorithm.decode(text) : checksum
        guard expected == computed else {
            throw ObjectsError(
                400, "BadDigest",
                "The \(algorithm.rawValue) you specified did not match the calculated checksum.")
        }
    }

    /// The XML of some operations, as a whole.
    func xml(limit: Int = 1 << 20) async throws -> XMLElement {
        guard (length ?? 0) <= limit else { throw ObjectsError.malformedXML }
        let stored = try await store(in: nil, limit: limit)
        guard case .inline(let bytes) = stored.place else { throw ObjectsError.malformedXML }
        guard let root = try? XMLElement(document: bytes) else {
            throw ObjectsError.malformedXML
        }
        return root
    }
}

import FunctionRuntime
import NIOCore

/// Why a request to Cloudflare's API is refused: a status, and what the envelope lists.
///
/// The codes are those that the API has been seen to give; for KV they are 10001 to 10048.
struct KeyValueError: Error, Sendable {
    var status: Int
    var code: Int
    var message: String
    var headers: [(name: String, value: String)] = []

    init(_ status: Int, _ code: Int, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    var response: ServiceResponse {
        .envelope(
            status: status, headers: headers,
            [
                .init("result", .null), .init("success", false),
                .init(
                    "errors",
                    .array([["code": .number(String(code)), "message": .string(message)]])),
                .init("messages", []),
            ])
    }
}

extension KeyValueError {
    static let missingAuthorization = KeyValueError(
        400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
    static let malformedAuthorization = KeyValueError(
        400, 6111, "Invalid format for Authorization header")
    static let unknownToken = KeyValueError(401, 10_000, "Authentication error")
    static let strangeAccount = KeyValueError(403, 10_000, "Authentication error")

    static func noRoute(_ path: String) -> KeyValueError {
        KeyValueError(
            404, 7003, "Could not route to \(path), perhaps your object identifier is invalid?")
    }

    static func method(allow: String) -> KeyValueError {
        var error = KeyValueError(
            405, 10_405, "Method not allowed for this authentication scheme")
        error.headers = [("allow", allow)]
        return error
    }

    static let keyNotFound = KeyValueError(404, 10_009, "get: 'key not found'")
    static let malformedNamespace = KeyValueError(400, 10_011, "malformed namespace ID")
    static let namespaceNotFound = KeyValueError(404, 10_013, "namespace not found")
    static let namespaceExists = KeyValueError(
        400, 10_014, "a namespace with this account ID and title already exists")
    static let tooManyNamespaces = KeyValueError(
        403, 10_018, "too many namespaces in this account")
    static let missingTitle = KeyValueError(400, 10_019, "missing title")
    static let tooManyWrites = KeyValueError(429, 10_022, "too many requests")
    static let invalidCursor = KeyValueError(400, 10_041, #"invalid "list keys" cursor"#)

    static func malformedValue(_ message: String) -> KeyValueError {
        KeyValueError(400, 10_012, message)
    }

    static func tooLarge(_ message: String) -> KeyValueError {
        KeyValueError(413, 10_024, message)
    }

    static func invalidRequest(_ message: String) -> KeyValueError {
        KeyValueError(400, 10_029, message)
    }

    static func illegalKey(_ message: String) -> KeyValueError {
        KeyValueError(400, 10_042, message)
    }
}

extension ServiceResponse {
    /// An answer in the envelope that all of Cloudflare's API has.
    static func envelope(
        status: Int = 200, headers: [(name: String, value: String)] = [], _ members: [JSON.Member]
    ) -> ServiceResponse {
        ServiceResponse(
            status: status, headers: [("content-type", "application/json")] + headers,
            body: .bytes(ByteBuffer(bytes: JSON.object(members).bytes)))
    }

    /// The answer to a request that has been done: what came of it, and which part of a list that
    /// is.
    static func result(_ result: JSON, info: JSON? = nil) -> ServiceResponse {
        envelope(
            [
                .init("result", result), .init("success", true), .init("errors", []),
                .init("messages", []),
            ] + (info.map { [.init("result_info", $0)] } ?? []))
    }
}

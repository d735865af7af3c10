import FunctionRuntime
import NIOCore

/// Why Resend refuses a request: `{statusCode, name, message}`.
struct MailError: Error, Sendable {
    var status: Int
    var name: String
    var message: String
    var headers: [(name: String, value: String)] = []

    init(_ status: Int, _ name: String, _ message: String) {
        self.status = status
        self.name = name
        self.message = message
    }

    var response: ServiceResponse {
        .json(
            [
                "statusCode": .number(String(status)), "name": .string(name),
                "message": .string(message),
            ], status: status, headers: headers)
    }
}

extension MailError {
    static let missingKey = MailError(
        401, "missing_api_key", "Missing API key in the authorization header.")
    static let invalidKey = MailError(403, "invalid_api_key", "API key is invalid.")
    static let noEndpoint = MailError(
        404, "not_found", "The requested endpoint does not exist.")
    static let notFound = MailError(404, "not_found", "Email not found")
    static let attachmentNotFound = MailError(404, "not_found", "Attachment not found")
    static let invalidID = MailError(
        422, "invalid_parameter", "The parameter must be a valid UUID.")
    static let invalidIdempotencyKey = MailError(
        400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
    static let otherIdempotentRequest = MailError(
        409, "invalid_idempotent_request",
        "Same idempotency key used with a different request payload.")
    static let concurrentIdempotentRequest = MailError(
        409, "concurrent_idempotent_requests",
        "Same idempotency key used while original request is still in progress.")

    static func method(allow: String) -> MailError {
        var error = MailError(
            405, "method_not_allowed", "Method is not allowed for the requested path.")
        error.headers = [("allow", allow)]
        return error
    }

    static func missing(_ field: String) -> MailError {
        MailError(422, "missing_required_field", "Missing `\(field)` field.")
    }

    static func invalid(_ message: String) -> MailError {
        MailError(422, "validation_error", message)
    }

    static func attachment(_ message: String) -> MailError {
        MailError(422, "invalid_attachment", message)
    }
}

extension ServiceResponse {
    /// An answer of JSON.
    static func json(
        _ json: JSON, status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> ServiceResponse {
        ServiceResponse(
            status: status, headers: [("content-type", "application/json")] + headers,
            body: .bytes(ByteBuffer(bytes: json.bytes)))
    }
}

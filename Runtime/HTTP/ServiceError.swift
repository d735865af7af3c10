/// A service refused an operation: what was asked of it, and what it answered.
///
/// A handler that can tell its caller something better catches it; otherwise it is a 500, and the
/// log has it in full. It holds no secret.
public struct ServiceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whose service, such as `S3`.
    public var service: String
    /// The vendor's name of the operation and what it was to be done to, such as
    /// `PutObject of imports/2026.csv`.
    public var operation: String
    /// The HTTP status.
    public var status: Int
    /// The vendor's code, such as `NoSuchBucket`; empty where it gave none.
    public var code: String
    /// The vendor's words, or what is wrong with its answer.
    public var message: String

    public init(
        service: String, operation: String, status: Int, code: String, message: String
    ) {
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
    }

    public var description: String {
        let answer = [String(status), code].filter { !$0.isEmpty }.joined(separator: " ")
        return "\(service) answered \(operation) with \(answer)"
            + (message.isEmpty ? "." : ": \(message)")
    }
}

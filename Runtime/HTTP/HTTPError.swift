/// A request that got no answer, or one that is not a success.
///
/// It says what was asked and what was answered, and holds neither a header nor a query, which may
/// hold secrets.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// The request cannot be sent as it is.
        case invalid
        /// There is no such host, or nobody listens there.
        case unreachable
        /// The certificate is not to be trusted, or the handshake failed otherwise.
        case untrusted
        case timedOut
        /// The connection broke before the whole answer had come.
        case interrupted
        /// More came than the limit allows.
        case tooLarge
        /// The answer's status is not a success.
        case refused(status: Int)
    }

    public var reason: Reason
    /// The request's method and address.
    public var request: String
    /// libcurl's words, or the start of the answer's body.
    public var detail: String

    init(_ reason: Reason, _ request: HTTP.Request, _ detail: String) {
        self.reason = reason
        self.request = request.summary
        self.detail = detail
    }

    init(refused response: HTTP.Response) {
        reason = .refused(status: response.status)
        request = response.request
        detail = String(decoding: response.body.prefix(500), as: UTF8.self)
    }

    public var description: String {
        switch reason {
        case .invalid: "\(request) cannot be sent: \(detail)."
        case .unreachable: "\(request) reached nobody: \(detail)."
        case .untrusted: "\(request) found no service to be trusted: \(detail)."
        case .timedOut: "\(request) took too long: \(detail)."
        case .interrupted: "\(request) got no whole answer: \(detail)."
        case .tooLarge: "\(request) got too large an answer: \(detail)."
        case .refused(let status):
            "\(request) was answered with status \(status)"
                + (detail.isEmpty ? " and no body." : ": \(detail)")
        }
    }
}

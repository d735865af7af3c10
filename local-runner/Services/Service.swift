import NIOCore
import NIOHTTP1

/// A vendor's service that the runner emulates, in the vendor's own protocol and at its own paths.
///
/// The server asks each service whether a request is its own, on the event loop, so that must be
/// quick. The answer is made on threads of the services' own (``ServiceExecutor``): blocking there,
/// for SQLite or for a file, delays no function.
protocol Service: Sendable {
    /// Whether a request is this service's.
    ///
    /// - Parameters:
    ///   - head: what came before the body.
    ///   - isFree: whether no app answers there. Where one does, only a request that bears the
    ///     vendor's own mark, such as a signature, may be claimed.
    /// - Returns: true where it will answer.
    func claims(_ head: ServiceHead, isFree: Bool) -> Bool

    /// Answers a request.
    ///
    /// The task is cancelled when the client goes.
    ///
    /// - Throws: anything; ``failure(_:of:)`` makes an answer of it.
    func answer(_ request: ServiceRequest) async throws -> ServiceResponse

    /// The answer to a request that failed, in the service's own format.
    ///
    /// An error that is not the client's is logged by the server, and must not be shown.
    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure
}

/// How a failed request is answered.
struct ServiceFailure: Sendable {
    var response: ServiceResponse
    /// Whether the fault is the runner's, so that the log must tell.
    var isInternal = false
}

/// A request as far as it came before its body.
struct ServiceHead: Sendable {
    /// In capitals.
    var method: String
    /// As it stands in the request line: percent-encoded, without the query.
    var path: String
    /// Without the question mark.
    var query: String
    /// With its port.
    var host: String
    var headers: HTTPHeaders
}

/// A request to a service.
struct ServiceRequest: Sendable {
    /// Unique; the answer bears it as `x-request-id`.
    var id: String
    var head: ServiceHead
    /// Of the peer, without a port.
    var remoteAddress: String
    var body: ServiceBody

    var method: String { head.method }
    var path: String { head.path }
    var query: String { head.query }
    var headers: HTTPHeaders { head.headers }
}

/// What a service answers.
struct ServiceResponse: Sendable {
    enum Body: Sendable {
        case none
        case bytes(ByteBuffer)
        /// A part of a file, which is never in memory as a whole.
        case file(ServiceFile)
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body = Body.none
    /// What the answer to HEAD says of the length; the body's own length unless given.
    var statedLength: Int?

    init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer of text.
    init(status: Int, type: String, text: String) {
        self.init(
            status: status, headers: [("content-type", type)],
            body: .bytes(ByteBuffer(string: text)))
    }
}

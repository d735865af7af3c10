import FunctionCrypto
import FunctionRuntime
import Glibc
import NIOCore
import NIOHTTP1
import Synchronization

/// Where functions and their friends publish: `POST /_/realtime/APP/publish/`, as at the control
/// endpoint of Pushpin or Fastly Fanout.
///
/// Who publishes shows a JWT that is signed with the app's key, as the gripcontrol libraries make it
/// of `GRIP_URL`. The answer comes when all items have been delivered, or wait for the one before
/// them; where one of them is wrong, none is.
final class PublishService: Service {
    /// In bytes.
    static let bodyLimit = 1 << 20

    private let credentials: Credentials
    private let clock: RunnerClock
    private let server = Mutex<Server?>(nil)

    init(credentials: Credentials, clock: RunnerClock) {
        self.credentials = credentials
        self.clock = clock
    }

    /// Names who has the clients; until then nothing can be published.
    func attach(_ server: Server) {
        self.server.withLock { $0 = server }
    }

    /// The server has stopped.
    func detach() {
        server.withLock { $0 = nil }
    }

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && Self.app(of: head.path) != nil
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        guard request.method == "POST" else { throw Refused(405, "This takes POST.") }
        guard let app = Self.app(of: request.path) else { throw Refused(404, "No app is named.") }
        try check(request.headers.first(name: "authorization") ?? "", for: app)
        let items = try PublishReader.items(
            in: try await request.body.collect(upTo: Self.bodyLimit))
        guard let server = server.withLock({ $0 }) else {
            throw Refused(503, "The server does not run yet.")
        }
        await server.publish(items, app: app)
        return Self.text(200, "Published")
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        let refused: Refused
        switch error {
        case let error as Refused: refused = error
        case let error as GripProblem: refused = Refused(400, error.description)
        case let error as JSONError: refused = Refused(400, "The body is not JSON. \(error)")
        case ServiceBody.Problem.tooLarge(let limit):
            refused = Refused(413, "The body is larger than \(limit) bytes, which is the limit.")
        default:
            return ServiceFailure(
                response: Self.text(500, "Something went wrong; the log says what."),
                isInternal: true)
        }
        var response = Self.text(refused.status, refused.message)
        switch refused.status {
        case 401: response.headers.append(("www-authenticate", "Bearer"))
        case 405: response.headers.append(("allow", "POST"))
        default: break
        }
        return ServiceFailure(response: response)
    }

    private struct Refused: Error {
        var status: Int
        var message: String

        init(_ status: Int, _ message: String) {
            self.status = status
            self.message = message
        }
    }

    private static func text(_ status: Int, _ message: String) -> ServiceResponse {
        ServiceResponse(status: status, type: "text/plain", text: message + "\n")
    }

    /// The app in `/_/realtime/APP/publish`, with a slash at the end or without.
    private static func app(of path: String) -> String? {
        let prefix = "/_/realtime/"
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count).split(
            separator: "/", omittingEmptySubsequences: false)
        guard rest.count == 2 || rest.count == 3 && rest[2].isEmpty, rest[1] == "publish",
            !rest[0].isEmpty
        else { return nil }
        return String(rest[0])
    }

    /// Checks a token.
    ///
    /// A function makes it by the runner's clock, and everybody else by the system's, behind which
    /// the runner's is not; so it counts as valid for as long as either says.
    private func check(_ authorization: String, for app: String) throws {
        let scheme = "bearer "
        guard authorization.lowercased().hasPrefix(scheme) else {
            throw Refused(401, "This takes \"Authorization: Bearer\" and a JWT; see GRIP_URL.")
        }
        let token = String(authorization.dropFirst(scheme.count))
        let time = min(clock.now, Int64(Glibc.time(nil)) * 1000)
        do throws(JWT.Problem) {
            try credentials.realtimeKey(of: app).check(token, at: time)
        } catch {
            throw Refused(401, "\(error) It must be signed with the key of \(app); see GRIP_URL.")
        }
    }
}

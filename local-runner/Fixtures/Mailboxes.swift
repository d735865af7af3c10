import FunctionRuntime
import Synchronization

/// A Resend for each scope, at `/mailbox-SCOPE/emails`, so that nobody sees another's mail.
final class Mailboxes: Service {
    private let root: String
    private let credentials: Credentials
    private let clock: RunnerClock
    private let boxes = Mutex<[String: MailService]>([:])

    /// The mailboxes get folders in `root`.
    init(in root: String, credentials: Credentials, clock: RunnerClock) {
        self.root = root
        self.credentials = credentials
        self.clock = clock
    }

    private static let prefix = "/mailbox-"

    static func path(of scope: String) -> String { prefix + scope }

    /// The mailbox of a scope, made on first use.
    func box(_ scope: String) throws -> MailService {
        try boxes.withLock { boxes in
            if let box = boxes[scope] { return box }
            let state = try StateFolder(try Sandbox.makeFolder("mailbox-" + scope, in: root))
            let box = try MailService(state: state, credentials: credentials, clock: clock)
            boxes[scope] = box
            return box
        }
    }

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && head.path.hasPrefix(Self.prefix)
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        let scope = scope(of: request)
        var inner = request
        inner.head.path.removeFirst(Self.prefix.count + scope.count)
        return try await box(scope).answer(inner)
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        do {
            return try box(scope(of: request)).failure(error, of: request)
        } catch {
            return ServiceFailure(response: ServiceResponse(status: 500), isInternal: true)
        }
    }

    private func scope(of request: ServiceRequest) -> String {
        String(request.path.dropFirst(Self.prefix.count).prefix { $0 != "/" })
    }
}

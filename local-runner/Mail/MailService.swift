import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1
import Synchronization

/// Resend, by its API at `/emails`: it accepts what Resend accepts, keeps it, and delivers nothing.
///
/// A message is `delivered` as soon as it is accepted, and a scheduled one when the clock says so.
/// Domains need not be verified, and nobody is limited in how many requests he makes.
final class MailService: Service, Timed {
    let store: MailStore
    let credentials: Credentials
    let clock: RunnerClock
    /// The idempotency keys of requests under way.
    let keysInUse = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - state: the folder of the database.
    ///   - credentials: what clients must show.
    ///   - clock: by which scheduled messages are sent.
    /// - Throws: ``RunnerError`` where the database cannot be opened.
    init(state: StateFolder, credentials: Credentials, clock: RunnerClock) throws {
        store = try MailStore(in: state)
        self.credentials = credentials
        self.clock = clock
        clock.add(self)
    }

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && (head.path == "/emails" || head.path.hasPrefix("/emails/"))
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        let segments = PathSegments(Substring(request.path).utf8)?.segments ?? []
        if segments.count == 5, segments[2] == "attachments", segments[4] == "content" {
            return try download(segments[3], of: segments[1], Query(request.query))
        }
        try authenticate(request.headers.first(name: "authorization"))
        try store.deliver(at: clock.now)
        switch (segments.count, segments.dropFirst().first ?? "", segments.dropFirst(2).first) {
        case (1, _, _):
            if request.method == "GET" { return try list(Query(request.query)) }
            try require("POST", request, allow: "GET, POST")
            return try await send(request)
        case (2, "batch", _):
            try require("POST", request, allow: "POST")
            return try await sendBatch(request)
        case (2, "receiving", _), (2, "metrics", _): throw MailError.noEndpoint
        case (2, let id, _):
            if request.method == "GET" { return .json(try known(id).json(isWhole: true)) }
            try require("PATCH", request, allow: "GET, PATCH")
            return try await reschedule(known(id), request)
        case (3, let id, "cancel"):
            try require("POST", request, allow: "POST")
            return try cancel(known(id))
        case (3, let id, "attachments"):
            try require("GET", request, allow: "GET")
            return try attachments(of: known(id), request)
        case (4, let id, "attachments"):
            try require("GET", request, allow: "GET")
            return try attachment(segments[3], of: known(id), request)
        default: throw MailError.noEndpoint
        }
    }

    private func require(
        _ method: String, _ request: ServiceRequest, allow: String
    ) throws(MailError) {
        guard request.method == method else { throw .method(allow: allow) }
    }

    private func authenticate(_ authorization: String?) throws(MailError) {
        let words = authorization?.split(separator: " ") ?? []
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw .missingKey }
        guard constantTimeEquals(String(words[1]), credentials.resendKey) else {
            throw .invalidKey
        }
    }

    private func known(_ text: String) throws -> StoredMail {
        guard let id = ID<StoredMail>(text) else { throw MailError.invalidID }
        guard let email = try store.email(id.description) else { throw MailError.notFound }
        return email
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        switch error {
        case let error as MailError: ServiceFailure(response: error.response)
        case ServiceBody.Problem.tooLarge:
            ServiceFailure(
                response: MailError(413, "validation_error", "The request is too large.").response)
        case is ServiceBody.Problem:
            ServiceFailure(
                response: MailError(400, "validation_error", "The body was cut off.").response)
        default:
            ServiceFailure(
                response: MailError(500, "application_error", "An unexpected error occurred.")
                    .response,
                isInternal: true)
        }
    }

    func nextDue() throws -> Int64? { try store.nextSending() }

    func fire(at time: Int64) async {
        do {
            try store.deliver(at: time)
        } catch {
            // It is still due, and is tried again: on a full disk not without end, and at once.
            try? await Task.sleep(for: .seconds(1))
        }
    }
}

extension MailService {
    /// GET `/emails`.
    private func list(_ query: Query) throws -> ServiceResponse {
        let limit = query["limit"].map { Int($0) ?? 0 } ?? 20
        guard (1...100).contains(limit) else {
            throw MailError.invalid("The `limit` parameter must be from 1 to 100.")
        }
        let (after, before) = (query["after"], query["before"])
        guard after == nil || before == nil else {
            throw MailError.invalid(
                "The `after` and `before` parameters cannot be used together.")
        }
        var cursor: MailCursor?
        if let text = after ?? before {
            guard let id = ID<StoredMail>(text) else { throw MailError.invalidID }
            cursor = MailCursor(id: id.description, isBefore: before != nil)
        }
        guard let page = try store.emails(limit: limit, from: cursor) else {
            throw MailError.notFound
        }
        return .json([
            "object": "list", "has_more": .bool(page.hasMore),
            "data": .array(page.emails.map { $0.json(isWhole: false) }),
        ])
    }

    /// PATCH `/emails/{id}`.
    private func reschedule(
        _ email: StoredMail, _ request: ServiceRequest
    ) async throws -> ServiceResponse {
        let body = try await json(request)
        guard case .object(let members) = body else {
            throw MailError.invalid("The request body must be a JSON object.")
        }
        // Resend's own client says in the body too whose time it is.
        for member in members
        where member.name != "scheduled_at"
            && !(member.name == "id" && member.value.text?.lowercased() == email.id)
        {
            throw MailError.invalid("The `\(member.name)` field cannot be updated.")
        }
        guard let time = try MailMessage.time(in: body, now: clock.now) else {
            throw MailError.missing("scheduled_at")
        }
        guard try store.change(email.id, sendingTime: time) else {
            throw MailError.invalid("Only scheduled emails can be updated.")
        }
        clock.wake()
        return .json(["object": "email", "id": .string(email.id)])
    }

    /// POST `/emails/{id}/cancel`.
    private func cancel(_ email: StoredMail) throws -> ServiceResponse {
        guard try store.cancel(email.id) else {
            throw MailError.invalid("Only scheduled emails can be canceled.")
        }
        return .json(["object": "email", "id": .string(email.id)])
    }
}

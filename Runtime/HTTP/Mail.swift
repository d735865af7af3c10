internal import FunctionCrypto
public import FunctionRuntime

/// E-mail that is sent by Resend.
///
/// ```swift
/// var mail = Mail()
///
/// try mail.send(
///     .init(
///         from: "Desk <desk@example.com>", to: ["ada@example.com"], subject: "Your ticket",
///         text: "It is closed."))
/// ```
///
/// The key comes from `RESEND_API_KEY`; `RESEND_API_URL` stands for Resend's own address. Every
/// message gets an idempotency key, so that one whose answer was lost can be sent again and is
/// delivered once.
public struct Mail: Binding {
    /// Which service, and who asks.
    public struct Account: Sendable {
        public var key: Secret
        /// The start of addresses, without a slash at its end.
        public var base: String

        public init(key: Secret, base: String = "https://api.resend.com") {
            self.key = key
            self.base = base
        }
    }

    private let opened: Opened<Account>

    /// Declares that mail is sent.
    public init() {
        opened = Opened {
            var account = Account(
                key: Secret(try Environment.require("RESEND_API_KEY", for: "mail")))
            account.base = Environment.base("RESEND_API_URL") ?? account.base
            return account
        }
    }

    /// An account that does not come from the environment.
    public init(_ account: Account) {
        opened = Opened { account }
    }

    public var binding: BindingDescription { .init(kind: "mail", name: "mail") }

    /// Sends a message.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - idempotencyKey: of the event that it tells of, up to 256 characters: Resend sends one
    ///     message for it within 24 hours. Nil for a new one.
    /// - Returns: its id.
    /// - Throws: ``ServiceError``.
    @discardableResult
    public func send(_ message: Message, idempotencyKey: String? = nil) throws -> String {
        let answer = try post("/emails", message.json, idempotencyKey, as: "send mail")
        guard let id = answer["id"]?.text else { throw unreadable("send mail") }
        return id
    }

    /// Sends up to 100 messages, all or none; they have no attachments.
    ///
    /// - Returns: their ids, in order.
    @discardableResult
    public func send(_ messages: [Message], idempotencyKey: String? = nil) throws -> [String] {
        let operation = "send \(messages.count) mails"
        let body = JSON.array(messages.map(\.json))
        let answer = try post("/emails/batch", body, idempotencyKey, as: operation)
        let ids = answer["data"].elements.compactMap { $0["id"]?.text }
        guard ids.count == messages.count else { throw unreadable(operation) }
        return ids
    }

    /// What became of a message, as Resend tells it, such as its `last_event`.
    public func show(_ id: String) throws -> JSON {
        let path = "/emails/\(PercentEncoding.encode(id))"
        return try perform("GET", path, as: "show the mail \(id)")
    }

    private func post(
        _ path: String, _ body: JSON, _ idempotencyKey: String?, as operation: String
    ) throws -> JSON {
        let key = try idempotencyKey ?? Token.make()
        return try perform(
            "POST", path,
            headers: ["content-type": "application/json", "idempotency-key": key],
            body: .bytes(body.bytes), as: operation)
    }

    private func perform(
        _ method: String, _ path: String, headers: Headers = [:], body: HTTP.Body = .none,
        as operation: String
    ) throws -> JSON {
        let account = try opened.settings()
        var request = HTTP.Request(method, account.base + path, headers: headers, body: body)
        request.headers["authorization"] = "Bearer \(account.key.exposed)"
        request.isRepeatable = true
        let response = try opened.http.send(request)
        let answer = try? JSON(parsing: response.body)
        guard response.isSuccess else {
            throw ServiceError(
                service: "Resend", operation: operation, status: response.status,
                code: answer?["name"]?.text ?? "", message: answer?["message"]?.text ?? "")
        }
        guard let answer else { throw unreadable(operation) }
        return answer
    }

    private func unreadable(_ operation: String) -> ServiceError {
        ServiceError(
            service: "Resend", operation: operation, status: 200, code: "",
            message: "The answer cannot be read.")
    }
}

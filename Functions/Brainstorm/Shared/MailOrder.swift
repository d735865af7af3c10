/// A mail that is to be sent: a message of the queue `mails`.
public struct MailOrder: Codable, Sendable {
    public enum Template: String, Codable, CaseIterable, Sendable {
        case passwordReset = "password-reset"
    }

    /// The name of the queue.
    public static let queue = "mails"

    public var template: Template
    /// Nil where nobody has the address that was given: the order is placed all the same, so that
    /// the time that it takes does not tell.
    public var to: String?
    /// The link that it is about.
    public var link: String

    public init(_ template: Template, to recipient: String?, link: String) {
        self.template = template
        to = recipient
        self.link = link
    }
}

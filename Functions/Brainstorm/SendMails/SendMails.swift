import Brainstorm
import FunctionHTTP
import FunctionRuntime

/// Sends the mails that other functions have asked for.
///
/// A message that is delivered twice is one mail: its id is the key by which Resend tells. What can
/// never be sent is logged and dropped; everything else is tried again, and is a dead letter in the
/// end.
@main
struct SendMails: QueueFunction {
    static let queue = QueueTrigger(MailOrder.queue, maxReceives: 8, retryDelay: 30)

    var mail = Mail()
    var sender = Variable("MAIL_FROM")

    func handle(_ messages: [Message]) throws -> [Message.ID] {
        let sender = try Environment.require(sender.name, for: "mail")
        return messages.filter { !isDone($0, from: sender) }.map(\.id)
    }

    /// Whether a message needs no more work, be it sent or given up.
    private func isDone(_ message: Message, from sender: String) -> Bool {
        do {
            let order = try message.json(as: MailOrder.self)
            guard let recipient = order.to else { return true }
            try mail.send(
                order.message(from: sender, to: recipient), idempotencyKey: "mails/\(message.id)")
            return true
        } catch {
            let isHopeless = error is Failure || error is JSONError || Self.isRefusal(error)
            Log.error(
                isHopeless ? "A mail cannot be sent, and is dropped." : "A mail was not sent yet.",
                ["mail": message.id, "error": "\(error)"])
            return isHopeless
        }
    }

    /// Whether Resend has understood, and would say the same next time.
    private static func isRefusal(_ error: any Error) -> Bool {
        [400, 422].contains((error as? ServiceError)?.status)
    }
}

extension MailOrder {
    func message(from sender: String, to recipient: String) -> Mail.Message {
        switch template {
        case .passwordReset:
            .init(
                from: sender, to: [recipient], subject: "Set a new password for Brainstorm",
                text: """
                    Somebody, most likely you, has asked to set a new password for your account.

                    Open this link within an hour:
                    \(link)

                    If it was not you, do nothing: your password stays as it is.

                    """)
        }
    }
}

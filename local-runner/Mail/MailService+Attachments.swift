import Foundation
import FunctionCrypto
import FunctionRuntime
import NIOCore

extension MailService {
    /// How long the address of a file serves, in milliseconds.
    private static let lifetime: Int64 = 3_600_000

    /// GET `/emails/{id}/attachments`.
    func attachments(of email: StoredMail, _ request: ServiceRequest) throws -> ServiceResponse {
        let attachments = try store.attachments(of: email.id)
        return .json([
            "object": "list", "has_more": false,
            "data": .array(attachments.map { .object(members(of: $0, in: email, request)) }),
        ])
    }

    /// GET `/emails/{id}/attachments/{id}`.
    func attachment(
        _ id: String, of email: StoredMail, _ request: ServiceRequest
    ) throws -> ServiceResponse {
        let attachment = try store.attachments(of: email.id).first { $0.id == id.lowercased() }
        guard let attachment else { throw MailError.attachmentNotFound }
        return .json(
            .object([.init("object", "attachment")] + members(of: attachment, in: email, request)))
    }

    private func members(
        of attachment: StoredAttachment, in email: StoredMail, _ request: ServiceRequest
    ) -> [JSON.Member] {
        let end = clock.now + Self.lifetime
        let path = "/emails/\(email.id)/attachments/\(attachment.id)/content"
        let address =
            "http://\(request.head.host)\(path)?expires=\(end)&signature=\(signature(path, end))"
        return [
            .init("id", .string(attachment.id)),
            .init("filename", attachment.filename.map(JSON.string) ?? .null),
            .init("content_type", .string(attachment.contentType)),
            .init("content_id", attachment.contentID.map(JSON.string) ?? .null),
            .init("content_disposition", attachment.contentID == nil ? "attachment" : "inline"),
            .init("size", .number(String(attachment.size))),
            .init("download_url", .string(address)),
            .init("expires_at", .string(Timestamp(milliseconds: end).description)),
        ]
    }

    /// What an address of a file bears, so that whoever has it needs no key.
    private func signature(_ path: String, _ end: Int64) -> String {
        Hex.encode(
            Hash.sha256.hmac(
                key: Array(credentials.resendKey.utf8), message: Array("\(path) \(end)".utf8)))
    }

    /// GET of an address of a file.
    func download(
        _ id: String, of email: String, _ query: Query
    ) throws -> ServiceResponse {
        let path = "/emails/\(email)/attachments/\(id)/content"
        guard let end = query["expires"].flatMap({ Int64($0) }), end > clock.now,
            constantTimeEquals(query["signature"] ?? "", signature(path, end))
        else { throw MailError(403, "validation_error", "The address is wrong, or expired.") }
        guard let content = try store.content(of: id, in: email) else {
            throw MailError.attachmentNotFound
        }
        // A page of the runner's origin must not run what somebody was sent.
        return ServiceResponse(
            status: 200,
            headers: [
                ("content-type", "application/octet-stream"),
                ("content-disposition", "attachment"), ("x-content-type-options", "nosniff"),
            ],
            body: .bytes(ByteBuffer(bytes: content)))
    }
}

extension StoredMail {
    /// As Resend shows it; in a list without the texts.
    func json(isWhole: Bool) -> JSON {
        func list(_ field: String) -> JSON {
            let value = document[field] ?? []
            return value == [] && !isWhole ? .null : value
        }
        var members: [JSON.Member] = isWhole ? [.init("object", "email")] : []
        members += [
            .init("id", .string(id)), .init("message_id", .string("<\(id)@resend.localhost>")),
            .init("to", document["to"] ?? []), .init("from", document["from"] ?? .null),
            .init("created_at", .string(Self.text(createdAt))),
            .init("subject", document["subject"] ?? .null),
        ]
        if isWhole {
            members += [
                .init("html", document["html"] ?? .null), .init("text", document["text"] ?? .null),
            ]
        }
        members += [
            .init("bcc", list("bcc")), .init("cc", list("cc")), .init("reply_to", list("reply_to")),
            .init("last_event", .string(lastEvent)),
            .init("scheduled_at", scheduledAt.map { .string(Self.text($0)) } ?? .null),
        ]
        if isWhole {
            members += [
                .init("headers", document["headers"] ?? [:]), .init("tags", document["tags"] ?? []),
            ]
        }
        return .object(members)
    }

    /// `2023-04-03 22:13:42.674981+00`, as Resend writes times.
    private static func text(_ milliseconds: Int64) -> String {
        let text = Timestamp(milliseconds: milliseconds).text(fraction: 6)
        return text.replacingOccurrences(of: "T", with: " ")
            .replacingOccurrences(of: "Z", with: "+00")
    }
}

import FunctionRuntime

/// A message as a request asks to send it, found to be in order.
///
/// What the documentation does not name is refused, rather than lost on the way.
struct MailMessage: Sendable {
    /// All but the attachments and the time, as it is stored and shown.
    var document: JSON
    var attachments: [MailAttachment]
    /// In epoch milliseconds; nil for at once.
    var sendingTime: Int64?
    /// Of all recipients.
    var addresses: [String]

    private static let fields: Set<String> = [
        "from", "to", "subject", "bcc", "cc", "reply_to", "html", "text", "headers",
        "scheduled_at", "attachments", "tags",
    ]
    private static let recipientLimit = 50

    /// - Parameters:
    ///   - body: of the request, or an element of a batch.
    ///   - isInBatch: there, attachments and times are not supported.
    ///   - now: in epoch milliseconds.
    /// - Throws: ``MailError`` with what is wrong first.
    init(_ body: JSON, isInBatch: Bool, now: Int64) throws(MailError) {
        guard case .object(let members) = body else {
            throw .invalid("An email must be a JSON object.")
        }
        for member in members where !Self.fields.contains(member.name) {
            throw .invalid(
                "The `\(member.name)` field is unknown, or not supported by the local runner.")
        }
        let from = try Self.text("from", in: body)
        let to = try Self.addresses("to", in: body)
        let subject = try Self.text("subject", in: body)
        guard let from, !from.isEmpty else { throw .missing("from") }
        guard !to.isEmpty else { throw .missing("to") }
        guard let subject else { throw .missing("subject") }
        let html = try Self.text("html", in: body)
        let text = try Self.text("text", in: body)
        guard html?.isEmpty == false || text?.isEmpty == false else {
            throw .invalid("Missing `html` or `text` field.")
        }
        guard MailAddress(from) != nil else { throw Self.badAddress("from") }
        guard !subject.contains(where: \.isNewline) else {
            throw .invalid("The `\\n` is not allowed in the `subject` field.")
        }
        let (cc, bcc) = (
            try Self.addresses("cc", in: body), try Self.addresses("bcc", in: body)
        )
        addresses = (to + cc + bcc).compactMap { MailAddress($0)?.address }
        document = [
            "from": .string(from), "to": Self.array(to), "subject": .string(subject),
            "html": html.map(JSON.string) ?? .null, "text": text.map(JSON.string) ?? .null,
            "bcc": Self.array(bcc), "cc": Self.array(cc),
            "reply_to": Self.array(try Self.addresses("reply_to", in: body)),
            "headers": try Self.headers(in: body), "tags": try Self.tags(in: body),
        ]
        attachments = try MailAttachment.all(in: body)
        sendingTime = try Self.time(in: body, now: now)
        guard !isInBatch || attachments.isEmpty && sendingTime == nil else {
            throw .invalid(
                "The `attachments` and `scheduled_at` fields are not supported in a batch.")
        }
    }

    /// When a request wants a message to be sent; nil for at once.
    static func time(in body: JSON, now: Int64) throws(MailError) -> Int64? {
        guard let text = try text("scheduled_at", in: body) else { return nil }
        return try SendingTime.read(text, now: now)
    }

    private static func array(_ texts: [String]) -> JSON { .array(texts.map(JSON.string)) }

    private static func badAddress(_ field: String) -> MailError {
        .invalid(
            """
            Invalid `\(field)` field. The email address needs to follow the `email@example.com` or \
            `Name <email@example.com>` format.
            """)
    }

    private static func text(_ field: String, in body: JSON) throws(MailError) -> String? {
        switch body[field] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .invalid("The `\(field)` field must be a `string`.")
        }
    }

    private static func addresses(_ field: String, in body: JSON) throws(MailError) -> [String] {
        var addresses: [String] = []
        switch body[field] {
        case nil, .null: return []
        case .string(let text): addresses = [text]
        case .array(let elements):
            for element in elements {
                guard let text = element.text else {
                    throw .invalid("The `\(field)` field must be a `string` or strings.")
                }
                addresses.append(text)
            }
        default: throw .invalid("The `\(field)` field must be a `string` or strings.")
        }
        guard addresses.allSatisfy({ MailAddress($0) != nil }) else { throw badAddress(field) }
        guard addresses.count <= recipientLimit else {
            throw .invalid("The `\(field)` field must have at most \(recipientLimit) addresses.")
        }
        return addresses
    }
}

extension MailMessage {
    private static func headers(in body: JSON) throws(MailError) -> JSON {
        switch body["headers"] {
        case nil, .null: return [:]
        case .object(let members)?:
            for member in members {
                guard let value = member.value.text, !value.contains(where: \.isNewline),
                    !member.name.isEmpty,
                    member.name.utf8.allSatisfy({
                        (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":")
                    })
                else {
                    throw .invalid(
                        "Invalid `headers` field. It needs names and texts without line ends.")
                }
            }
            return .object(members)
        default: throw .invalid("The `headers` field must be an `object`.")
        }
    }

    private static func tags(in body: JSON) throws(MailError) -> JSON {
        switch body["tags"] {
        case nil, .null: return []
        case .array(let tags)?:
            var checked: [JSON] = []
            for tag in tags {
                guard let name = tag["name"]?.text, let value = tag["value"]?.text, isTag(name),
                    isTag(value)
                else {
                    throw .invalid(
                        """
                        Tags should only contain ASCII letters, numbers, underscores, or dashes.
                        """)
                }
                checked.append(["name": .string(name), "value": .string(value)])
            }
            return .array(checked)
        default: throw .invalid("The `tags` field must be an `array`.")
        }
    }

    private static func isTag(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

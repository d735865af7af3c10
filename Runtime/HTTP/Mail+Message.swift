internal import FunctionRuntime

extension Mail {
    /// A message.
    ///
    /// Addresses are `ada@example.com` or `Ada <ada@example.com>`.
    public struct Message: Sendable {
        public var from: String
        public var to: [String]
        public var cc: [String]
        public var bcc: [String]
        public var replyTo: [String]
        public var subject: String
        public var html: String?
        public var text: String?
        public var attachments: [Attachment]
        /// Names and values of ASCII letters, digits, `_` and `-`, by which Resend sorts.
        public var tags: [String: String]
        /// Header fields of the message itself.
        public var headers: [String: String]

        public init(
            from: String, to: [String], cc: [String] = [], bcc: [String] = [],
            replyTo: [String] = [], subject: String, html: String? = nil, text: String? = nil,
            attachments: [Attachment] = [], tags: [String: String] = [:],
            headers: [String: String] = [:]
        ) {
            self.from = from
            self.to = to
            self.cc = cc
            self.bcc = bcc
            self.replyTo = replyTo
            self.subject = subject
            self.html = html
            self.text = text
            self.attachments = attachments
            self.tags = tags
            self.headers = headers
        }
    }

    /// A file that goes with a message; all of them have 40 MB at most, in base64.
    public struct Attachment: Sendable {
        public var name: String
        public var content: [UInt8]
        /// Nil for what its name says.
        public var contentType: String?
        /// Makes it an image that the HTML shows, as `cid:ID`.
        public var contentID: String?

        public init(
            name: String, content: [UInt8], contentType: String? = nil, contentID: String? = nil
        ) {
            self.name = name
            self.content = content
            self.contentType = contentType
            self.contentID = contentID
        }
    }
}

extension Mail.Message {
    var json: JSON {
        var members: [JSON.Member] = [
            .init("from", .string(from)), .init("to", .array(to.map(JSON.string))),
            .init("subject", .string(subject)),
        ]
        for (name, list) in [("cc", cc), ("bcc", bcc), ("reply_to", replyTo)] where !list.isEmpty {
            members.append(.init(name, .array(list.map(JSON.string))))
        }
        for (name, content) in [("html", html), ("text", text)] {
            if let content { members.append(.init(name, .string(content))) }
        }
        if !attachments.isEmpty {
            members.append(.init("attachments", .array(attachments.map(\.json))))
        }
        if !tags.isEmpty {
            let list = tags.sorted { $0.key < $1.key }.map { tag -> JSON in
                ["name": .string(tag.key), "value": .string(tag.value)]
            }
            members.append(.init("tags", .array(list)))
        }
        if !headers.isEmpty {
            let list = headers.sorted { $0.key < $1.key }
            members.append(
                .init("headers", .object(list.map { .init($0.key, .string($0.value)) })))
        }
        return .object(members)
    }
}

extension Mail.Attachment {
    var json: JSON {
        var members: [JSON.Member] = [
            .init("filename", .string(name)), .init("content", .string(Base64.encode(content))),
        ]
        for (name, value) in [("content_type", contentType), ("content_id", contentID)] {
            if let value { members.append(.init(name, .string(value))) }
        }
        return .object(members)
    }
}

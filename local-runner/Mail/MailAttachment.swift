import Foundation
import FunctionRuntime

/// A file that comes with a message.
struct MailAttachment: Sendable {
    var filename: String?
    var contentType: String
    /// By which the HTML shows it; nil where it does not.
    var contentID: String?
    var content: Data

    /// What a message may carry, in bytes of base64.
    static let limit = 40_000_000

    private static let fields: Set<String> = [
        "filename", "content", "path", "content_type", "content_id", "inline_content_id",
    ]

    /// Those of a request.
    static func all(in body: JSON) throws(MailError) -> [MailAttachment] {
        switch body["attachments"] {
        case nil, .null: return []
        case .array(let elements)?:
            var attachments: [MailAttachment] = []
            for element in elements { attachments.append(try MailAttachment(element)) }
            guard attachments.reduce(0, { $0 + ($1.content.count + 2) / 3 * 4 }) <= limit else {
                throw .attachment("Attachments exceed 40MB per email, after Base64 encoding.")
            }
            return attachments
        default: throw .invalid("The `attachments` field must be an `array`.")
        }
    }

    private init(_ json: JSON) throws(MailError) {
        guard case .object(let members) = json else {
            throw .attachment("An attachment must be an `object`.")
        }
        for member in members where !Self.fields.contains(member.name) {
            throw .attachment("An attachment has no `\(member.name)` field.")
        }
        func text(_ name: String) throws(MailError) -> String? {
            switch json[name] {
            case nil, .null: return nil
            case .string(let text) where !text.contains(where: \.isNewline): return text
            default: throw .attachment("The `\(name)` field must be a `string` of one line.")
            }
        }
        if try text("path") != nil {
            throw .attachment(
                """
                The local runner fetches nothing from elsewhere, so an attachment's `path` is not \
                supported. Send its `content`.
                """)
        }
        guard let content = json["content"], content != .null else {
            throw .attachment("Attachment must have either a `content` or `path`.")
        }
        guard let bytes = Self.bytes(content) else {
            throw .attachment("The `content` of an attachment must be base64.")
        }
        self.content = Data(bytes)
        filename = try text("filename")
        let type = try text("content_type")
        contentType = type ?? Self.type(ofName: filename ?? "")
        let inlineID = try text("inline_content_id")
        let contentID = try text("content_id")
        self.contentID = contentID ?? inlineID
    }

    /// The bytes of base64, of a list of numbers, or of what a Buffer of Node.js is in JSON.
    private static func bytes(_ content: JSON) -> [UInt8]? {
        switch content {
        case .string(let text):
            return Base64.decode(text.filter { !$0.isNewline })
        case .array(let numbers):
            var bytes: [UInt8] = []
            for case .number(let text) in numbers {
                guard let byte = UInt8(text) else { return nil }
                bytes.append(byte)
            }
            return bytes.count == numbers.count ? bytes : nil
        case .object:
            guard content["type"] == "Buffer", case .array? = content["data"] else { return nil }
            return content["data"].flatMap(bytes)
        default: return nil
        }
    }

    private static func type(ofName name: String) -> String {
        let types = [
            "csv": "text/csv", "gif": "image/gif", "html": "text/html", "ics": "text/calendar",
            "jpeg": "image/jpeg", "jpg": "image/jpeg", "json": "application/json",
            "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml",
            "txt": "text/plain", "webp": "image/webp", "xml": "application/xml",
            "zip": "application/zip",
        ]
        let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() }
        return types[ending ?? ""] ?? "application/octet-stream"
    }
}

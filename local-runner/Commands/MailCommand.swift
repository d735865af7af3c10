import ArgumentParser
import FunctionHTTP
import FunctionRuntime

/// The messages that the running copy keeps instead of sending them.
struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "List or show the mail that the running copy has kept.",
        discussion: "Nothing is ever delivered: what functions send ends here.",
        subcommands: [List.self, Show.self])
}

extension MailCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List messages, the newest first.")

        @OptionGroup var common: CommonOptions

        @Option(help: ArgumentHelp("How many, up to 100.", valueName: "number"))
        var limit = 20

        @Option(
            help: ArgumentHelp("List those that are older than this message.", valueName: "id"))
        var after: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let copy = try RunningCopy(common)
            let cursor = after.map { "&after=\($0.filter { $0 != "&" })" } ?? ""
            let answer = try copy.send(
                "GET", "/emails?limit=\(limit)\(cursor)", token: copy.credentials.resendKey)
            guard case .array(let emails)? = answer["data"] else { return }
            let listing = Listing(
                columns: ["sent", "event", "to", "subject", "id"],
                rows: emails.map { email in
                    [
                        String((email["created_at"]?.text ?? "").prefix(19)),
                        email["last_event"]?.text ?? "", email["to"].texts.joined(separator: ", "),
                        email["subject"]?.text ?? "", email["id"]?.text ?? "",
                    ]
                }, nothing: "No mail was sent.")
            listing.print(json: json ? answer : nil)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a message, its HTML, or a file that came with it.")

        @OptionGroup var common: CommonOptions

        @Argument(help: "The message's id, or \"last\".")
        var id: String

        @Flag(help: "Print the HTML alone.")
        var html = false

        @Option(
            help: ArgumentHelp(
                "Print what the attachment of that name holds, byte by byte.", valueName: "name"))
        var attachment: String?

        @Flag(help: "Print JSON.")
        var json = false

        func validate() throws {
            guard [html, json, attachment != nil].filter(\.self).count <= 1 else {
                throw ValidationError("--html, --json and --attachment exclude each other.")
            }
        }

        func run() throws {
            let copy = try RunningCopy(common)
            let path = "/emails/\(try identifier(copy))"
            let email = try copy.send("GET", path, token: copy.credentials.resendKey)
            let attachments = try copy.send(
                "GET", path + "/attachments", token: copy.credentials.resendKey)["data"].elements
            if let attachment {
                try StandardOutput.write(try content(attachment, attachments))
            } else if html {
                guard let html = email["html"]?.text else {
                    throw RunnerError("The message has no HTML.")
                }
                print(html)
            } else if json, case .object(let members) = email {
                print(
                    JSON.object(members + [.init("attachments", .array(attachments))]).pretty)
            } else {
                print(Self.lines(email, attachments).joined(separator: "\n"))
            }
        }

        private func identifier(_ copy: RunningCopy) throws -> String {
            guard id == "last" else {
                guard let id = ID<StoredMail>(id) else {
                    throw RunnerError("\"\(id)\" is no id of a message; \"mail list\" shows them.")
                }
                return id.description
            }
            let newest = try copy.send(
                "GET", "/emails?limit=1", token: copy.credentials.resendKey)["data"].elements.first
            guard let id = newest?["id"]?.text else { throw RunnerError("No mail was sent.") }
            return id
        }

        private func content(_ name: String, _ attachments: [JSON]) throws -> [UInt8] {
            let found = attachments.first { $0["filename"]?.text == name || $0["id"]?.text == name }
            guard let address = found?["download_url"]?.text else {
                let names = attachments.compactMap { $0["filename"]?.text }
                throw RunnerError(
                    "The message has no attachment \"\(name)\"; it has: "
                        + (names.isEmpty ? "none" : names.joined(separator: ", ")) + ".")
            }
            var options = HTTP.Options()
            options.bodyLimit = MailAttachment.limit
            return try HTTP(options).send(.init("GET", address)).checked().body
        }

        /// The fields of a message, an empty line, and its text.
        private static func lines(_ email: JSON, _ attachments: [JSON]) -> [String] {
            var fields: [(String, String)] = [
                ("From", email["from"]?.text ?? ""),
                ("To", email["to"].texts.joined(separator: ", ")),
                ("Cc", email["cc"].texts.joined(separator: ", ")),
                ("Bcc", email["bcc"].texts.joined(separator: ", ")),
                ("Reply-To", email["reply_to"].texts.joined(separator: ", ")),
                ("Subject", email["subject"]?.text ?? ""),
                ("Date", email["created_at"]?.text ?? ""),
                ("Event", email["last_event"]?.text ?? ""),
                ("Scheduled", email["scheduled_at"]?.text ?? ""),
            ]
            if case .object(let headers)? = email["headers"] {
                fields += headers.map { ($0.name, $0.value.text ?? "") }
            }
            fields += email["tags"].elements.map {
                ("Tag", "\($0["name"]?.text ?? "") = \($0["value"]?.text ?? "")")
            }
            fields += attachments.map { file in
                let size = String(decoding: (file["size"] ?? .null).bytes, as: UTF8.self)
                return (
                    "Attachment",
                    "\(file["filename"]?.text ?? "(\(file["id"]?.text ?? ""))"), "
                        + "\(file["content_type"]?.text ?? ""), \(size) bytes"
                )
            }
            let head = fields.filter { !$0.1.isEmpty }.map { "\($0.0): \(Listing.printable($0.1))" }
            let hint = email["html"]?.text == nil ? "" : "(HTML only; --html prints it.)"
            return head + ["", email["text"]?.text ?? hint]
        }
    }
}

extension JSON? {
    /// The elements of an array; none of anything else.
    fileprivate var elements: [JSON] {
        guard case .array(let elements)? = self else { return [] }
        return elements
    }

    /// The strings of an array.
    fileprivate var texts: [String] { elements.compactMap(\.text) }
}

import FunctionRuntime

/// What a host gave for a request, in one form whatever the host.
struct FunctionAnswer: Sendable {
    var status: Int
    var headers: Headers
    var body: [UInt8]
    /// Of a function that a queue triggers: the ids of the messages to be delivered again.
    var failed: [String] = []
    /// What the host does not carry, and is not compared.
    var omissions: Omissions = []
    /// What the function wrote on standard error, where the host tells.
    var log = ""

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// What a host may not carry of an answer.
struct Omissions: OptionSet, Sendable {
    var rawValue: Int

    /// The status, but for whether it is 500 or more, and all headers.
    static let head = Omissions(rawValue: 1)
    /// The whole response, but for whether its status is 400 or more.
    static let response = Omissions(rawValue: 2)
}

extension FunctionAnswer {
    /// Reads the line of stdin-JSON.
    init(line: [UInt8]) throws {
        guard case .object(let members) = try JSON(parsing: line),
            case .number(let status)? = members.first(where: { $0.name == "status" })?.value
        else {
            throw RunnerError("A response is an object with a status, not \(line.asText).")
        }
        self.init(status: Int(status) ?? 0, headers: [:], body: [])
        for member in members {
            switch (member.name, member.value) {
            case ("status", _), ("error", _): break
            case ("headers", .object(let headers)):
                for header in headers { try append(header) }
            case ("body", .string(let text)): body = Array(text.utf8)
            case ("base64", .string(let text)): body = Base64.decode(text) ?? []
            case ("failed", .array(let ids)): failed = ids.compactMap(\.text)
            default: throw RunnerError("A response has no member \(member.name): \(line.asText)")
            }
        }
    }

    private mutating func append(_ header: JSON.Member) throws {
        let values: [JSON] =
            if case .array(let values) = header.value { values } else { [header.value] }
        for value in values {
            guard let text = value.text else {
                throw RunnerError("The header \(header.name) is neither text nor texts.")
            }
            headers.append(header.name, text)
        }
    }

    /// Reads a document response of CGI (RFC 3875 §6.2.1): header lines, an empty line, the body.
    init(document: [UInt8]) throws {
        let head = document.firstIndex(of: "\r\n\r\n")
        guard let head else {
            throw RunnerError("A CGI response starts with its header, not with \(document.asText).")
        }
        self.init(status: 200, headers: [:], body: Array(document[(head + 4)...]))
        try read(header: document[..<head])
        if let status = headers["status"] {
            guard let code = status.split(separator: " ").first.flatMap({ Int($0) }) else {
                throw RunnerError("The line \"Status: \(status)\" has no code.")
            }
            self.status = code
            headers["status"] = nil
        }
    }

    /// Takes out of the body what a host that knows HTTP alone has there, as AWS Lambda has it:
    /// `{"batchItemFailures": [{"itemIdentifier": "…"}]}`.
    mutating func takeFailures() {
        guard let json = try? JSON(parsing: body),
            case .array(let items)? = json["batchItemFailures"]
        else { return }
        failed = items.compactMap { $0["itemIdentifier"]?.text }
        (status, body) = (204, [])
        for name in ["content-type", "content-length", "transfer-encoding"] { headers[name] = nil }
    }

    /// Reads lines of `Name: value`.
    mutating func read(header: ArraySlice<UInt8>) throws {
        for line in Array(header).asText.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw RunnerError("The header has a line without a name: \(line)")
            }
            headers.append(String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
    }
}

extension [UInt8] {
    /// As text, for messages.
    var asText: String { String(decoding: self, as: UTF8.self) }

    /// Where a sequence of bytes first occurs.
    func firstIndex(of bytes: StaticString) -> Int? {
        let wanted = UnsafeBufferPointer(start: bytes.utf8Start, count: bytes.utf8CodeUnitCount)
        return indices.first { self[$0...].starts(with: wanted) }
    }
}

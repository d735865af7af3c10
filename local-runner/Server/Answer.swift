import NIOCore

/// What goes back to the client, whoever made it: a worker, a CGI process or the runner.
struct Answer {
    enum Body {
        case none
        case bytes(ByteBuffer)
        /// The inside of a JSON string, and how long it is when its escapes are resolved. It is
        /// written so, straight into the response.
        case escaped(ByteBuffer, length: Int)
        case file(ServiceFile)

        var length: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes): bytes.readableBytes
            case .escaped(_, let length): length
            case .file(let file): file.length
            }
        }
    }

    /// 200 to 599.
    var status: Int
    /// Header lines, each ended by CR LF, checked, and without those that are the connection's.
    var fields = ByteBuffer()
    /// What a response to HEAD says of the length; nil where it does not say.
    var statedLength: Int?
    /// Whether the fields hold a date.
    var hasDate = false
    var hasLocation = false
    var body = Body.none
    /// The ids of messages that a function of a queue wants to have again.
    var failed: [String] = []
    /// The fields `Grip-…`, which are for the runner as a proxy; names in lower case.
    var instructions: [(name: String, value: String)] = []
    /// Whether the body is for the runner as a proxy.
    var hasInstruction = false

    /// Whether a client must not see it as it is.
    var isForProxy: Bool { hasInstruction || !instructions.isEmpty }
}

extension Answer {
    /// What a service answers.
    init(_ response: ServiceResponse) {
        status = response.status
        for header in response.headers {
            hasDate = hasDate || header.name.lowercased() == "date"
            add(header.name, header.value)
        }
        statedLength = response.statedLength
        body =
            switch response.body {
            case .none: .none
            case .bytes(let bytes): .bytes(bytes)
            case .file(let file): .file(file)
            }
    }

    /// An answer of the runner's own, in JSON.
    init(status: Int, json: String) {
        self.status = status
        body = .bytes(ByteBuffer(string: json))
        add("content-type", "application/json")
    }

    mutating func add(_ name: String, _ value: String) {
        fields.writeString(name)
        fields.writeStaticString(": ")
        fields.writeString(value)
        fields.writeStaticString("\r\n")
    }

    /// Adds a field that a function gave.
    ///
    /// - Returns: false where it cannot be sent: the name is no token, or the value holds a
    ///   control character and could end the line (RFC 9110 §5.1, §5.5).
    mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
        guard FieldSyntax.isToken(name), FieldSyntax.isValue(value) else { return false }
        switch FieldSyntax.role(of: name) {
        case .connection: return true
        case .length:
            statedLength = FieldSyntax.number(value)
            return statedLength != nil
        case .date: hasDate = true
        case .location: hasLocation = true
        case .grip:
            instructions.append(
                (
                    String(decoding: name, as: UTF8.self).lowercased(),
                    String(decoding: value, as: UTF8.self)
                ))
            return true
        case .type:
            hasInstruction = HoldInstruction.isMediaType(value)
            if hasInstruction { return true }
        case .other: break
        }
        fields.writeBytes(name)
        fields.writeStaticString(": ")
        fields.writeBytes(value)
        fields.writeStaticString("\r\n")
        return true
    }
}

extension Answer {
    /// The body as it is sent; empty where it is a file.
    var bytes: ByteBuffer {
        switch body {
        case .none, .file: return ByteBuffer()
        case .bytes(let bytes): return bytes
        case .escaped(let text, _):
            var bytes = ByteBuffer()
            text.withUnsafeReadableBytes { bytes.writeUnescaped($0) }
            return bytes
        }
    }
}

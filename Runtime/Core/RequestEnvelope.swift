/// The request of stdin-JSON, read straight from its bytes.
///
/// | member | |
/// |---|---|
/// | `method`, `path` | required for an HTTP request; the rest may be left out |
/// | `query` | string, or object of strings or arrays |
/// | `headers` | object; a value is a string or an array; names in any case |
/// | `body`, `json` or `base64` | text; any JSON value, sent as its bytes; or base64 |
/// | `remoteAddress`, `id` | peer, request id |
/// | `time`, `deadline` | epoch milliseconds |
/// | `schedule` | in place of an HTTP request: the cron expression whose time has come |
/// | `messages` | in place of an HTTP request: a batch of a queue, an array of objects |
package enum RequestEnvelope {
    package static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Invocation {
        try read(bytes, completing: nil)
    }

    /// Reads an envelope.
    ///
    /// - Parameters:
    ///   - bytes: the JSON.
    ///   - defaults: what a host tells beside it; without them the time is now.
    /// - Returns: what is asked for.
    /// - Throws: ``JSONError`` where it is not one.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, completing defaults: Request?
    ) throws -> Invocation {
        var envelope = Members(request: defaults ?? Request(method: "", path: ""))
        var parser = JSONParser(bytes)
        guard bytes.first == UInt8(ascii: "{") else {
            throw parser.error("a request is an object, which starts with \"{\"")
        }
        try parser.object { parser, name in try envelope.read(name, &parser) }
        try parser.end()
        envelope.request.time = envelope.time ?? defaults?.time ?? Clock.now()
        Current.begin(envelope.request)
        return try envelope.invocation(parser)
    }

    /// What has been read so far.
    private struct Members {
        var request: Request
        var time: Timestamp?
        var bodies: [String] = []
        var schedule: String?
        var messages: [Message]?

        mutating func read(_ name: String, _ parser: inout JSONParser) throws {
            switch name {
            case "method": request.method = try parser.text(name)
            case "path": request.path = try parser.text(name)
            case "query": request.query = try query(try parser.value(), parser)
            case "headers": try headers(&request.headers, &parser)
            case "body":
                request.body = Array(try parser.text(name).utf8)
                bodies.append(name)
            case "json":
                request.body = Array(try parser.slice())
                bodies.append(name)
            case "base64":
                guard let body = Base64.decode(try parser.text(name)) else {
                    throw parser.error("\"base64\" does not hold base64")
                }
                request.body = body
                bodies.append(name)
            case "remoteAddress": request.remoteAddress = try parser.text(name)
            case "id": request.id = try parser.text(name)
            case "time": time = try parser.milliseconds(name)
            case "deadline": request.deadline = try parser.milliseconds(name)
            case "schedule": schedule = try parser.text(name)
            case "messages": messages = try MessageEnvelope.read(&parser)
            default: throw parser.error("a request has no member \"\(name)\"")
            }
        }

        mutating func invocation(_ parser: JSONParser) throws -> Invocation {
            let isHTTP = !request.method.isEmpty || !request.path.isEmpty
            switch (schedule, messages, isHTTP) {
            case (let schedule?, nil, false):
                return .schedule(
                    ScheduledEvent(
                        schedule: Schedule(schedule), time: request.time, id: request.id,
                        deadline: request.deadline))
            case (nil, let messages?, false): return .messages(messages)
            case (nil, nil, _): return .request(try httpRequest(parser))
            default:
                throw parser.error(
                    "\"method\" with \"path\", \"schedule\" and \"messages\" exclude each other")
            }
        }

        private mutating func httpRequest(_ parser: JSONParser) throws -> Request {
            guard !request.method.isEmpty, request.path.utf8.first == UInt8(ascii: "/") else {
                throw parser.error(
                    "\"method\", and a \"path\" that starts with \"/\", are required")
            }
            guard bodies.count <= 1 else {
                throw parser.error("\(bodies.joined(separator: " and ")) exclude each other")
            }
            if bodies == ["json"], request.headers["content-type"] == nil {
                request.headers["content-type"] = "application/json"
            }
            return request
        }
    }

    private static func query(_ value: JSON, _ parser: JSONParser) throws -> Query {
        switch value {
        case .string(let text): return Query(text)
        case .object(let members):
            let pairs = try members.flatMap { member in
                try texts(member.value, "query", parser).map {
                    PercentEncoding.encode(member.name) + "=" + PercentEncoding.encode($0)
                }
            }
            return Query(pairs.joined(separator: "&"))
        default: throw parser.error("\"query\" must be a string or an object")
        }
    }

    private static func headers(_ headers: inout Headers, _ parser: inout JSONParser) throws {
        guard case .object(let members) = try parser.value() else {
            throw parser.error("\"headers\" must be an object")
        }
        for member in members {
            for value in try texts(member.value, "headers", parser) {
                headers.append(member.name, value)
            }
        }
    }

    private static func texts(
        _ value: JSON, _ name: String, _ parser: JSONParser
    ) throws -> [String] {
        let values: [JSON] = if case .array(let values) = value { values } else { [value] }
        return try values.map { value in
            guard let text = value.text else {
                throw parser.error("a value in \"\(name)\" must be a string or an array of strings")
            }
            return text
        }
    }
}

extension JSONParser {
    mutating func text(_ name: String) throws -> String {
        guard case .string(let text) = try value() else {
            throw error("\"\(name)\" must be a string")
        }
        return text
    }

    mutating func milliseconds(_ name: String) throws -> Timestamp {
        guard case .number(let text) = try value(),
            let timestamp = Timestamp.read(milliseconds: text)
        else { throw error("\"\(name)\" must be a whole number of milliseconds since 1970") }
        return timestamp
    }
}

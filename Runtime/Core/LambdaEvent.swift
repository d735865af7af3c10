/// What Lambda hands a function: one of the events that it can work on.
///
/// | event | recognized by | |
/// |---|---|---|
/// | HTTP | `version` 2.0, `requestContext.http` | API Gateway's HTTP APIs, function URLs |
/// | a batch | `Records` of `aws:sqs` | an event source mapping of SQS |
/// | a schedule | `detail-type` Scheduled Event | a rule or a schedule of EventBridge |
/// | an envelope | `method` with `path`, `schedule` or `messages` | stdin-JSON, by `lambda.invoke` |
struct LambdaEvent {
    enum Form {
        case http, batch, schedule, envelope
    }

    /// Why an event is not one of these.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    var form: Form
    var invocation: Invocation

    /// Reads an event.
    ///
    /// - Parameters:
    ///   - source: the event, and what Lambda tells beside it.
    ///   - trigger: what the function is run by.
    /// - Returns: what is asked for, and in which form the answer is awaited.
    /// - Throws: ``Problem`` or ``JSONError``, which say what came and what is taken.
    static func read(_ source: RuntimeAPI.Invocation, for trigger: Trigger) throws -> LambdaEvent {
        let event = try JSON(parsing: source.event)
        if event["detail-type"]?.text == "Scheduled Event" {
            return try schedule(event, source, trigger)
        }
        if event["method"] != nil || event["schedule"] != nil || event["messages"] != nil {
            return LambdaEvent(
                form: .envelope,
                invocation: try source.event.withUnsafeBufferPointer {
                    try RequestEnvelope.read($0, completing: source.request)
                })
        }
        if let context = event["requestContext"] {
            return try http(event, context, source)
        }
        if case .array(let records)? = event["Records"] {
            let messages = try records.map(message)
            guard !messages.isEmpty else { throw Problem(description: "\"Records\" is empty.") }
            return LambdaEvent(form: .batch, invocation: .messages(messages))
        }
        throw Problem(
            description: """
                The event is none that this function knows: an HTTP request of payload format 2.0, \
                Records of SQS, a Scheduled Event of EventBridge, or an envelope with "method" and \
                "path", "schedule" or "messages". What came is \(event.summary).
                """)
    }

    private static func schedule(
        _ event: JSON, _ source: RuntimeAPI.Invocation, _ trigger: Trigger
    ) throws -> LambdaEvent {
        guard let time = event["time"]?.text.flatMap(Timestamp.init) else {
            throw Problem(description: "The Scheduled Event has no \"time\" of RFC 3339.")
        }
        // By itself the event does not say what expression has named the time; the function does.
        let own = if case .schedule(let own) = trigger { own } else { Schedule("") }
        let schedule = event["schedule"]?.text.map { Schedule($0) } ?? own
        return LambdaEvent(
            form: .schedule,
            invocation: .schedule(
                ScheduledEvent(
                    schedule: schedule, time: time, id: source.id, deadline: source.deadline)))
    }

    private static func message(_ record: JSON) throws -> Message {
        guard record["eventSource"]?.text == "aws:sqs", let id = record["messageId"]?.text,
            let body = record["body"]?.text
        else {
            throw Problem(
                description: """
                    A record must be a message of SQS, with "messageId" and "body"; its \
                    "eventSource" is \(record["eventSource"]?.text ?? "missing").
                    """)
        }
        let system = record["attributes"]
        var message = Message(
            id: id, body: body,
            receiveCount: system?["ApproximateReceiveCount"]?.text.flatMap { Int($0) } ?? 1,
            sentAt: system?["SentTimestamp"]?.text.flatMap(Timestamp.read(milliseconds:))
                ?? Clock.now())
        if case .object(let attributes)? = record["messageAttributes"] {
            for attribute in attributes {
                // Lambda has binary values in base64, as messages have them here.
                let value = attribute.value["stringValue"] ?? attribute.value["binaryValue"]
                message.attributes[attribute.name] = value?.text
            }
        }
        return message
    }
}

extension LambdaEvent {
    private static func http(
        _ event: JSON, _ context: JSON, _ source: RuntimeAPI.Invocation
    ) throws -> LambdaEvent {
        guard event["version"]?.text == "2.0", let http = context["http"],
            let method = http["method"]?.text,
            let path = event["rawPath"]?.text, path.utf8.first == UInt8(ascii: "/")
        else {
            let found = event["version"]?.text ?? "none"
            throw Problem(
                description: """
                    The HTTP request must have the payload format 2.0, with a "rawPath" and \
                    "requestContext.http.method"; its version is \(found).
                    """)
        }
        var request = source.request
        request.method = method
        request.path = Self.path(path, stage: context["stage"]?.text)
        request.query = Query(event["rawQueryString"]?.text ?? "")
        request.headers = headers(of: event)
        request.body = try body(of: event)
        request.remoteAddress = http["sourceIp"]?.text ?? ""
        if case .number(let epoch)? = context["timeEpoch"],
            let time = Timestamp.read(milliseconds: epoch)
        {
            request.time = time
        }
        Current.begin(request)
        return LambdaEvent(form: .http, invocation: .request(request))
    }

    /// The path as the client asked for it.
    ///
    /// A stage that is not the default one stands before it. Function URLs give it percent-encoded
    /// and HTTP APIs decoded: so what no path can hold is encoded again, and an escape stays.
    private static func path(_ raw: String, stage: String?) -> String {
        var path = Substring(raw).utf8
        let prefix = "/\(stage ?? "$default")"
        if prefix != "/$default", path.starts(with: prefix.utf8) {
            let rest = path.dropFirst(prefix.utf8.count)
            if rest.isEmpty { return "/" }
            if rest.first == UInt8(ascii: "/") { path = rest }
        }
        var encoded = ""
        while let escape = path.firstIndex(of: UInt8(ascii: "%")) {
            let next = path[escape...].dropFirst().prefix(2)
            let isEscape = next.count == 2 && next.allSatisfy { $0.hexadecimalValue != nil }
            encoded += PercentEncoding.encode(path[..<escape], keeping: kept)
            encoded += isEscape ? "%" : "%25"
            path = path[path.index(after: escape)...]
        }
        return encoded + PercentEncoding.encode(path, keeping: kept)
    }

    /// What may stand in a path beside the unreserved characters (RFC 3986 §3.3).
    private static let kept = "/:@!$&'()*+,;="

    /// Cookies are apart; other fields that came several times have been joined by commas.
    private static func headers(of event: JSON) -> Headers {
        var headers = Headers()
        if case .object(let members)? = event["headers"] {
            for member in members {
                if let value = member.value.text { headers.append(member.name, value) }
            }
        }
        if case .array(let cookies)? = event["cookies"], !cookies.isEmpty {
            headers["cookie"] = cookies.compactMap(\.text).joined(separator: "; ")
        }
        return headers
    }

    private static func body(of event: JSON) throws -> [UInt8] {
        guard let text = event["body"]?.text else { return [] }
        guard event["isBase64Encoded"] == .bool(true) else { return Array(text.utf8) }
        guard let body = Base64.decode(text) else {
            throw Problem(
                description: "\"body\" does not hold base64, as \"isBase64Encoded\" says.")
        }
        return body
    }
}

extension JSON {
    /// What kind of value it is, and the names of its members, for an error message.
    fileprivate var summary: String {
        guard case .object(let members) = self else { return kind }
        guard !members.isEmpty else { return "an object without members" }
        let names = members.prefix(10).map { "\"\($0.name)\"" }
        return "an object with \(names.joined(separator: ", "))"
    }
}

import Testing

@testable import FunctionRuntime

@Suite struct RequestEnvelopeTests {
    private static func read(_ text: String) throws -> Request {
        guard case .request(let request) = try invocation(text) else {
            throw Failure.badRequest("This is not an HTTP request.")
        }
        return request
    }

    private static func invocation(_ text: String) throws -> Invocation {
        try Array(text.utf8).withUnsafeBufferPointer { try RequestEnvelope.read($0) }
    }

    private static func read(member: String) throws -> Request {
        try read(#"{"method":"POST","path":"/x",\#(member)}"#)
    }

    @Test func `needs a method and a path and nothing else`() throws {
        let before = Clock.now()
        let request = try Self.read(#"{"method":"GET","path":"/health"}"#)
        #expect(request.method == "GET")
        #expect(request.path == "/health")
        #expect(request.query.text == "")
        #expect(request.headers.fields.isEmpty)
        #expect(request.body.isEmpty)
        #expect(request.remoteAddress == "")
        #expect(request.id == "")
        #expect(request.deadline == nil)
        #expect(request.time >= before && request.time <= Clock.now())
    }

    @Test func `takes a query as text or as an object of texts and arrays`() throws {
        #expect(try Self.read(member: #""query":"a=1&b=%20""#).query.text == "a=1&b=%20")
        let query = try Self.read(member: #""query":{"a b":"é&=","c":["1","2"],"d":[],"e":""}"#)
            .query
        #expect(query.text == "a%20b=%C3%A9%26%3D&c=1&c=2&e=")
        #expect(query["a b"] == "é&=")
        #expect(query.all("c") == ["1", "2"])
    }

    @Test func `takes headers of one value or of several, names in any case`() throws {
        let headers = try Self.read(
            member: #""headers":{"X-One":"1","Accept":["a","b"],"x-none":[]}"#
        ).headers
        #expect(headers["x-one"] == "1")
        #expect(headers.all("ACCEPT") == ["a", "b"])
        #expect(headers["x-none"] == nil)
    }

    @Test func `takes a body as text, as JSON and as base64`() throws {
        #expect(try Self.read(member: #""body":"é\n""#).body == Array("é\n".utf8))
        let json = try Self.read(member: "\"json\" : { \"a\" : [1.0, \"\\u00e9\"] } ")
        #expect(String(decoding: json.body, as: UTF8.self) == "{ \"a\" : [1.0, \"\\u00e9\"] }")
        #expect(json.headers["content-type"] == "application/json")
        #expect(try Self.read(member: #""json":null"#).body == Array("null".utf8))
        #expect(try Self.read(member: #""base64":"/wD+""#).body == [0xFF, 0x00, 0xFE])
    }

    @Test func `leaves the content type alone that a JSON body came with`() throws {
        let request = try Self.read(
            member: #""json":{},"headers":{"Content-Type":"application/vnd.x+json"}"#)
        #expect(request.headers.all("content-type") == ["application/vnd.x+json"])
    }

    @Test func `takes peer, id, time and deadline`() throws {
        let request = try Self.read(
            member:
                #""remoteAddress":"::1","id":"r1","time":1795251600123,"deadline":1795251630123"#)
        #expect(request.remoteAddress == "::1")
        #expect(request.id == "r1")
        #expect(request.time.description == "2026-11-21T09:00:00.123Z")
        #expect(request.deadline == request.time.advanced(seconds: 30))
    }

    @Test(arguments: [
        (#"[]"#, "a request is an object"), (#"5"#, "a request is an object"),
        ("", "a request is an object"),
        (#"{}"#, "are required"), (#"{"method":"GET"}"#, "are required"),
        (#"{"path":"/"}"#, "are required"), (#"{"method":"GET","path":"x"}"#, "are required"),
        (#"{"method":"GET","path":""}"#, "are required"),
        (#"{"method":1,"path":"/"}"#, #""method" must be a string"#),
        (#"{"method":"GET","path":"/"} x"#, "nothing was expected after the value"),
        (#"{"method":"GET","path":"/","quary":""}"#, #"a request has no member "quary""#),
        (#"{"method":"GET","path":"/","query":5}"#, #""query" must be a string or an object"#),
        (#"{"method":"GET","path":"/","query":{"a":5}}"#, #"a value in "query" must be"#),
        (#"{"method":"GET","path":"/","headers":[]}"#, #""headers" must be an object"#),
        (#"{"method":"GET","path":"/","headers":{"a":null}}"#, #"a value in "headers" must be"#),
        (#"{"method":"GET","path":"/","headers":{"a":[["b"]]}}"#, #"a value in "headers" must be"#),
        (#"{"method":"GET","path":"/","body":{}}"#, #""body" must be a string"#),
        (#"{"method":"GET","path":"/","base64":"a"}"#, #""base64" does not hold base64"#),
        (#"{"method":"GET","path":"/","body":"","json":1}"#, "body and json exclude each other"),
        (#"{"method":"GET","path":"/","json":{,}}"#, "a member's name in quotes was expected"),
        (#"{"method":"GET","path":"/","time":"now"}"#, #""time" must be a whole number"#),
        (#"{"method":"GET","path":"/","time":1.5}"#, #""time" must be a whole number"#),
        (#"{"method":"GET","path":"/","time":-1}"#, #""time" must be a whole number"#),
        (#"{"method":"GET","path":"/","time":9223372036854775807}"#, #""time" must be"#),
        (#"{"method":"GET","path":"/","deadline":99999999999999999999}"#, #""deadline" must be"#),
    ])
    func `refuses what is not a request, and says why`(text: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try Self.read(text) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
}

extension RequestEnvelopeTests {
    @Test func `is a scheduled time where it has a schedule`() throws {
        let text = #"{"schedule":"0 9 * * MON","time":1795251600000,"id":"r1"}"#
        guard case .schedule(let event) = try Self.invocation(text) else {
            Issue.record("It was read as something else.")
            return
        }
        #expect(event.schedule == "0 9 * * MON")
        #expect(event.time.milliseconds == 1_795_251_600_000)
        #expect(event.id == "r1")
    }

    @Test func `is a batch where it has messages`() throws {
        let text = #"""
            {"messages":[{"id":"m1","body":"{}","attributes":{"kind":"mail"},"receiveCount":3,
            "sentAt":1795251600000},{"id":"m2","body":"x"}]}
            """#
        guard case .messages(let messages) = try Self.invocation(text) else {
            Issue.record("It was read as something else.")
            return
        }
        #expect(messages.map(\.id) == ["m1", "m2"])
        #expect(messages[0].attributes == ["kind": "mail"])
        #expect(messages.map(\.receiveCount) == [3, 1])
        #expect(messages[0].sentAt.milliseconds == 1_795_251_600_000)
    }

    @Test(arguments: [
        #"{"messages":[]}"#, #"{"messages":{}}"#, #"{"messages":["m1"]}"#,
        #"{"messages":[{"id":"m1"}]}"#, #"{"messages":[{"id":"m1","body":"","receiveCount":0}]}"#,
        #"{"messages":[{"id":"m1","body":"","other":1}]}"#,
        #"{"schedule":"* * * * *","messages":[{"id":"m1","body":""}]}"#,
        #"{"schedule":"* * * * *","method":"GET","path":"/"}"#, #"{"schedule":5}"#,
    ])
    func `refuses what is no event`(_ text: String) {
        #expect(throws: (any Error).self) { try Self.invocation(text) }
    }
}

@Suite struct ResponseEnvelopeTests {
    private static func line(of response: Response, error: (any Error)? = nil) -> String {
        String(
            decoding: ResponseEnvelope.line(of: Outcome(response: response, error: error)),
            as: UTF8.self)
    }

    @Test func `is one line, without a body where there is none`() {
        #expect(Self.line(of: .noContent) == #"{"status":204,"headers":{}}"# + "\n")
    }

    @Test func `carries text as text, in one line whatever is in it`() {
        #expect(
            Self.line(of: .text("a\n\"é\"\u{2028}"))
                == #"{"status":200,"headers":{"content-type":"text/plain; charset=utf-8"},"#
                + #""body":"a\n\"é\""# + "\u{2028}\"}\n")
    }

    @Test func `carries what is not UTF-8 as base64`() {
        #expect(
            Self.line(of: Response(status: 200, body: [0xFF, 0x00, 0xFE]))
                == #"{"status":200,"headers":{},"base64":"/wD+"}"# + "\n")
    }

    @Test func `carries several lines of one header as an array, in the place of the first`() {
        let response = Response(status: 200, headers: ["set-cookie": "a=1", "x": "y"])
            .adding("Set-Cookie", "b=2")
        #expect(
            Self.line(of: response)
                == #"{"status":200,"headers":{"set-cookie":["a=1","b=2"],"x":"y"}}"# + "\n")
    }

    @Test func `tells type and message of an error that is not for the caller`() {
        struct Broken: Error, CustomStringConvertible {
            var description: String { "It \"broke\"." }
        }
        #expect(
            Self.line(of: Response(status: 500), error: Broken())
                == #"{"status":500,"headers":{},"error":{"type":"Broken","message":"It \"broke\"."}}"#
                + "\n")
    }
}

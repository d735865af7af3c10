import FunctionRuntime
import Testing

@testable import TestSupport

/// The built probes as functions of AWS Lambda: a Runtime API of this process hands them events.
///
/// The last answer of each run is 500, which ends the function.
@Suite struct LambdaTests {
    private typealias Run = LambdaRun

    private static func http(
        _ method: String, _ path: String, _ more: [JSON.Member] = [], stage: String = "$default"
    ) -> JSON {
        .object(
            [
                .init("version", "2.0"), .init("rawPath", .string(path)),
                .init(
                    "requestContext",
                    [
                        "http": ["method": .string(method), "sourceIp": "192.0.2.7"],
                        "requestId": "of-the-gateway", "stage": .string(stage),
                        "timeEpoch": 1_795_251_600_000,
                    ]),
            ] + more)
    }

    @Test func `answers one event after another, and asks at its own path`() throws {
        let api = try FaultServer(
            Run.event(
                Self.http(
                    "POST", "/echo",
                    [
                        .init("headers", ["content-type": "application/json"]),
                        .init("body", #"{"name":"Ada"}"#),
                    ])), Run.accepted,
            Run.event(Self.http("GET", "/echo")), Run.accepted, Run.end)

        let run = try Run.start("Echo", api)

        let base = "/own/2018-06-01/runtime/invocation"
        #expect(
            run.requests.map(\.line) == [
                "GET \(base)/next HTTP/1.1", "POST \(base)/r1/response HTTP/1.1",
                "GET \(base)/next HTTP/1.1", "POST \(base)/r1/response HTTP/1.1",
                "GET \(base)/next HTTP/1.1",
            ])
        #expect(run.connections == 1)
        let answers = try run.posted("response").map { try JSON(parsing: $0.body) }
        #expect(
            answers[0] == [
                "statusCode": 200, "headers": ["content-type": "application/json"],
                "body": #"{"greeting":"Hello, Ada!","quantity":1}"#, "isBase64Encoded": false,
            ])
        #expect(answers[1]["statusCode"] == 405)
        #expect(run.status == 1)
        #expect(run.errors.contains("Asked for the next invocation, it answered 500 the end"))
    }

    @Test func `hands over all of a request, and gives cookies apart`() throws {
        let api = try FaultServer(
            Run.event(
                Self.http(
                    "PUT", "/test/reflections/a b%2Fc",
                    [
                        .init("rawQueryString", "k=1&k=2"),
                        .init("cookies", ["session=s", "other=o"]),
                        .init("headers", ["host": "x.example", "x-greeting": "a,b"]),
                        .init("body", .string(Base64.encode([0xFF, 0]))),
                        .init("isBase64Encoded", true),
                    ], stage: "test")), Run.accepted, Run.end)

        let run = try Run.start("ReflectRequest", api)

        let answer = try JSON(parsing: try #require(run.posted("response").first).body)
        #expect(answer["statusCode"] == 201)
        #expect(answer["cookies"] == ["first=1; Path=/", "second=2; Path=/"])
        #expect(answer["headers"] == ["content-type": "application/json"])
        let request = try JSON(parsing: answer["body"]?.text ?? "")
        #expect(request["path"] == "/reflections/a%20b%2Fc")
        #expect(request["name"] == "a b/c")
        #expect(request["query"] == "k=1&k=2")
        #expect(request["cookie"] == "s")
        #expect(request["greetings"] == ["a", "b"])
        #expect(request["host"] == "x.example")
        #expect(request["body"] == "/wA=")
        #expect(request["remoteAddress"] == "192.0.2.7")
        #expect(request["id"] == "r1")
        #expect(request["time"] == "2026-11-21T09:00:00.000Z")
    }

    @Test func `answers bytes that are no text in base64`() throws {
        let api = try FaultServer(
            Run.event(
                Self.http(
                    "POST", "/mirror",
                    [.init("body", "/wA="), .init("isBase64Encoded", true)])),
            Run.accepted, Run.end)

        let run = try Run.start("Mirror", api)

        let answer = try JSON(parsing: try #require(run.posted("response").first).body)
        #expect(answer["body"] == "/wA=")
        #expect(answer["isBase64Encoded"] == true)
    }

    @Test func `reads an event in chunks, and one behind an interim answer`() throws {
        let event = #"{"method":"GET","path":"/show"}"#
        let (first, rest) = (event.prefix(7), event.dropFirst(7))
        let api = try FaultServer(
            .answer(
                "HTTP/1.1 200 OK\r\n\(Run.head)Transfer-Encoding: chunked\r\n\r\n"
                    + "7;a=b\r\n\(first)\r\n\(String(rest.count, radix: 16))\r\n\(rest)\r\n"
                    + "0\r\ntrailer: t\r\n\r\n"),
            .answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 \r\ncontent-length: 0\r\n\r\n"),
            Run.end)

        let run = try Run.start("ShowRequest", api)

        let answer = try JSON(parsing: try #require(run.posted("response").first).body)
        // An envelope of stdin-JSON is answered as there.
        #expect(answer["status"] == 200)
        #expect(run.connections == 1)
    }

    @Test func `connects again where the connection was closed meanwhile`() throws {
        let accepted = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
        let event = #"{"method":"GET","path":"/show"}"#
        let api = try FaultServer(
            .cutOff(
                "HTTP/1.1 200 OK\r\n\(Run.head)content-length: \(event.utf8.count)\r\n\r\n\(event)"
            ), .cutOff(accepted), Run.end)

        let run = try Run.start("ShowRequest", api)

        #expect(run.posted("response").count == 1)
        #expect(run.connections == 3)
        #expect(run.errors.contains("it answered 500"))
    }

    @Test func `gives the deadline and the clock of the host to the function`() throws {
        let event: JSON = ["method": "GET", "path": "/show/a"]
        let api = try FaultServer(
            Run.event(
                event,
                "lambda-runtime-deadline-ms: 1795251605000\r\napus-request-time: 1795251600000\r\n"),
            Run.accepted, Run.event(event), Run.accepted, Run.end)

        let run = try Run.start("ShowRequest", api)

        let answers = try run.posted("response").map {
            try JSON(parsing: try JSON(parsing: $0.body)["body"]?.text ?? "")
        }
        #expect(answers.map { $0["hasDeadline"] } == [true, false])
        #expect(answers[0]["id"] == "r1")
    }
}

/// What is no request, and what goes wrong.
extension LambdaTests {
    @Test func `gives the messages of a batch, and tells which have failed`() throws {
        let records = ["done", "fail"].map { body -> JSON in
            [
                "messageId": .string("id of \(body)"), "body": .string(body),
                "eventSource": "aws:sqs",
                "attributes": ["ApproximateReceiveCount": "2", "SentTimestamp": "1795251600000"],
                "messageAttributes": ["kind": ["stringValue": "csv", "dataType": "String"]],
            ]
        }
        let api = try FaultServer(
            Run.event(["Records": .array(records)]), Run.accepted,
            Run.event(["Records": .array([records[0]])]), Run.accepted, Run.end)

        let run = try Run.start("Collect", api)

        #expect(
            try run.posted("response").map { try JSON(parsing: $0.body) } == [
                ["batchItemFailures": [["itemIdentifier": "id of fail"]]],
                ["batchItemFailures": []],
            ])
    }

    @Test func `a batch that fails as a whole is an error`() throws {
        let record: JSON = ["messageId": "m", "body": "throw", "eventSource": "aws:sqs"]
        let api = try FaultServer(
            Run.event(["Records": [record]]), Run.accepted, Run.end)

        let run = try Run.start("Collect", api)

        let error = try #require(run.posted("error").first)
        #expect(error.headers["lambda-runtime-function-error-type"] == "Function.Refusal")
        #expect(
            try JSON(parsing: error.body) == [
                "errorMessage": "Refusal()", "errorType": "Function.Refusal", "stackTrace": [],
            ])
    }

    @Test(arguments: [("Tick", "response"), ("Doze", "error")])
    func `a schedule is answered, or is an error where it fails`(probe: String, last: String)
        throws
    {
        let api = try FaultServer(
            Run.event([
                "version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler",
                "time": "2026-11-21T09:00:00Z", "detail": "{}",
            ]), Run.accepted, Run.end)

        let run = try Run.start(probe, api)

        let posted = try #require(run.posted(last).first)
        #expect(run.errors.contains("\(probe) at 2026-11-21T09:00:00.000Z"))
        let text = String(decoding: posted.body, as: UTF8.self)
        #expect(last == "response" ? text == "null" : text.contains("It dozed at"))
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"What came is an object with "a", "b"."#), ("[]", "an array"),
        (#"{"Records":[{"eventSource":"aws:s3"}]}"#, #""eventSource" is aws:s3"#),
        (#"{"Records":[]}"#, #""Records" is empty"#),
        (#"{"version":"1.0","requestContext":{}}"#, "its version is 1.0"),
        (#"{"detail-type":"Scheduled Event"}"#, #"no "time""#),
        (#"{"method":"GET","path":"x"}"#, "that starts with"), ("{", "ends too early"),
    ])
    func `an event that is none is refused, and says what came`(event: String, words: String)
        throws
    {
        let api = try FaultServer(
            .status(200, event, Run.head), Run.accepted, Run.end)

        let run = try Run.start("Echo", api)

        let error = try #require(run.posted("error").first)
        #expect(error.headers["lambda-runtime-function-error-type"] == "Function.InvalidEvent")
        #expect(try JSON(parsing: error.body)["errorMessage"]?.text?.contains(words) == true)
    }

    @Test func `an answer that is too large is told as an error, and the next is taken`() throws {
        let event: JSON = ["method": "GET", "path": "/show"]
        let api = try FaultServer(
            Run.event(event), .status(413, "too large"), .status(400, "over already"),
            Run.event(event), Run.accepted, Run.end)

        let run = try Run.start("ShowRequest", api)

        let error = try #require(run.posted("error").first)
        #expect(
            error.headers["lambda-runtime-function-error-type"] == "Function.ResponseSizeTooLarge")
        #expect(run.posted("response").count == 2)
    }

    @Test func `what fails before the first event is an error of the initialization`() throws {
        let api = try FaultServer(.status(503, "not yet"), Run.accepted)

        let run = try Run.start("Echo", api)

        let error = try #require(run.posted("error").first)
        #expect(error.line == "POST /own/2018-06-01/runtime/init/error HTTP/1.1")
        #expect(try JSON(parsing: error.body)["errorType"] == "Runtime.InitError")
        #expect(run.status == 1)
    }

    @Test(arguments: ["", "127.0.0.1:", "127.0.0.1:0", "example.com:80", "127.0.0.1:1", ":80"])
    func `an address where nobody is ends it, and it says which`(address: String) throws {
        let outcome = try Program.run(
            Repository.build + "/ProbesEcho", environment: ["AWS_LAMBDA_RUNTIME_API": address],
            input: Array(#"{"method":"GET","path":"/"}"#.utf8))

        let errors = String(decoding: outcome.errors, as: UTF8.self)
        // An empty variable is none.
        #expect(outcome.status == (address.isEmpty ? 0 : 1))
        let host = address.split(separator: ":").first.map(String.init) ?? address
        #expect(errors.contains(host))
    }
}

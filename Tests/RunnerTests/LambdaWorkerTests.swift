import Glibc
import Testing

@testable import FunctionRuntime
@testable import LocalRunner
@testable import TestSupport

/// The runner's side of Lambda's Runtime API, asked by hand and by Amazon's own runtime for Python.
@Suite struct LambdaWorkerTests {
    /// A server of one function, at `/probes/shown`, that is a script.
    private static func server(_ script: String) throws -> (RunningServer, TemporaryFolder) {
        let folder = try TemporaryFolder()
        try folder.write(script, to: "function")
        chmod(folder.path + "/function", 0o755)
        let change: (inout ServerOptions) -> Void = { $0.workerKind = .lambda }
        let mount = Mount(
            app: "Probes", function: "Show", method: "POST", paths: ["/shown"],
            host: "probes.localhost", prefix: "/probes", executable: folder.path + "/function",
            environment: [:], envelope: Refusal.envelope)
        let server = try RunningServer(mounts: { _ in [mount] }, change)
        return (server, folder)
    }

    /// A function that tells its address, so that the test can be its runtime.
    private static func byHand() throws -> (RunningServer, TemporaryFolder, Client, String) {
        let (server, folder) = try server(
            "#!/bin/sh\necho \"<$AWS_LAMBDA_RUNTIME_API>\" >&2\nexec sleep 60\n")
        let client = try server.connect()
        try client.write(
            RunningServer.message("POST /probes/shown?a=1\nCookie: b=c", body: Array("hi".utf8)))
        #expect(try server.waits(for: ">"))
        let address = try #require(try server.logged().split(separator: "<").last)
        let path = address.prefix { $0 != ">" }.drop { $0 != "/" }
        return (server, folder, client, path + "/2018-06-01/runtime")
    }

    @Test func `a runtime is handed an event, and what it answers goes to the client`() throws {
        let (server, _, client, base) = try Self.byHand()

        let next = try server.send("GET \(base)/invocation/next")
        #expect(next.status == 200)
        let id = try #require(next["lambda-runtime-aws-request-id"])
        #expect(next["lambda-runtime-deadline-ms"].flatMap { Int64($0) } ?? 0 > 1_700_000_000_000)
        #expect(
            next["lambda-runtime-invoked-function-arn"]
                == "arn:aws:lambda:us-east-1:000000000000:function:probes-Show")
        #expect(next["lambda-runtime-trace-id"]?.hasPrefix("Root=1-") == true)
        let event = try JSON(parsing: next.body)
        #expect(event["version"] == "2.0")
        #expect(event["rawPath"] == "/shown")
        #expect(event["queryStringParameters"] == ["a": "1"])
        #expect(event["cookies"] == ["b=c"])
        #expect(event["body"] == "hi")

        let answer = #"{"statusCode":201,"cookies":["d=e"],"body":"aGV5","isBase64Encoded":true}"#
        let posted = try server.send(
            "POST \(base)/invocation/\(id)/response", body: Array(answer.utf8))
        #expect(posted.status == 202)
        #expect(posted.text == #"{"status":"OK"}"#)
        let reply = try client.reply()
        #expect(reply.status == 201)
        #expect(reply["set-cookie"] == "d=e")
        #expect(reply.text == "hey")
    }

    @Test func `a runtime that asks for what cannot be is refused as Lambda does`() throws {
        let (server, _, client, base) = try Self.byHand()
        let invocation = "\(base)/invocation"
        let id = try #require(
            try server.send("GET \(invocation)/next")["lambda-runtime-aws-request-id"])

        let again = try server.send("GET \(invocation)/next")
        #expect(again.status == 403)
        #expect(try JSON(parsing: again.body)["errorType"] == "InvalidStateTransition")
        let other = try server.send("POST \(invocation)/other/response", body: Array("{}".utf8))
        #expect(other.status == 400)
        #expect(
            other.text == #"{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#)
        #expect(try server.send("POST \(base)/init/error", body: []).status == 403)
        #expect(try server.send("GET \(base)/nothing").status == 404)
        #expect(
            try server.send("GET /_/lambda/guess/2018-06-01/runtime/invocation/next").status == 404)

        let large = [UInt8](repeating: 0x20, count: LambdaLimits.response + 1)
        let tooLarge = try server.send("POST \(invocation)/\(id)/response", body: large)
        #expect(tooLarge.status == 413)
        #expect(try JSON(parsing: tooLarge.body)["errorType"] == "RequestEntityTooLarge")
        let reply = try client.reply()
        #expect(reply.status == 502)
        #expect(reply.text.contains("Response payload size exceeded maximum allowed payload size"))
    }

    @Test func `an error is a 502 that names it, and the log has it`() throws {
        let (server, _, client, base) = try Self.byHand()
        let id = try #require(
            try server.send("GET \(base)/invocation/next")["lambda-runtime-aws-request-id"])

        let error = #"{"errorType":"Sad","errorMessage":"It was sad."}"#
        #expect(
            try server.send("POST \(base)/invocation/\(id)/error", body: Array(error.utf8)).status
                == 202)

        let reply = try client.reply()
        #expect(reply.status == 502)
        #expect(reply.text.contains("Probes/Show failed: It was sad."))
        #expect(try server.logged().contains("Sad"))
    }

    @Test func `what is not an answer is a 502`() throws {
        let (server, _, client, base) = try Self.byHand()
        let id = try #require(
            try server.send("GET \(base)/invocation/next")["lambda-runtime-aws-request-id"])

        _ = try server.send(
            "POST \(base)/invocation/\(id)/response", body: Array(#"{"statusCode":"x"}"#.utf8))

        #expect(try client.reply().status == 502)
        #expect(try server.logged().contains("\"statusCode\" is not between 200 and 599"))
    }

    @Test func `a function that cannot begin is a 502 that says why`() throws {
        let (server, folder) = try Self.server(
            """
            #!/bin/sh
            exec \(ClientPrograms.python) -c '
            import os, urllib.request
            base = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime"
            body = b"{\\"errorType\\":\\"Early\\",\\"errorMessage\\":\\"It is too early.\\"}"
            urllib.request.urlopen(urllib.request.Request(base + "/init/error", data=body)).read()
            exit(3)'

            """)

        let reply = try server.send("POST /probes/shown", body: [])

        #expect(reply.status == 502)
        #expect(reply.text.contains("It is too early."))
        withExtendedLifetime(folder) {}
    }

    @Test func `Amazon's own runtime for Python serves a function`() throws {
        let (server, folder) = try Self.server(
            """
            #!/bin/sh
            cd "$(dirname "$0")"
            exec \(ClientPrograms.python) -m awslambdaric handler.handle

            """)
        try folder.write(
            """
            import os
            count = 0
            def handle(event, context):
                global count
                count += 1
                print("it was called")
                if event["rawQueryString"] == "fail": raise ValueError("as you wish")
                return {
                    "statusCode": 200,
                    "headers": {"x-count": str(count), "x-function": context.function_name},
                    "body": event["requestContext"]["http"]["method"] + " " + event["body"]
                        + " " + str(context.get_remaining_time_in_millis() > 0),
                }
            """, to: "handler.py")

        let first = try server.send("POST /probes/shown", body: Array("hi".utf8))
        #expect(first.status == 200)
        #expect(first.text == "POST hi True")
        #expect(first["x-function"] == "probes-Show")
        let failed = try server.send("POST /probes/shown?fail", body: Array("hi".utf8))
        #expect(failed.status == 502)
        #expect(failed.text.contains("as you wish"))
        #expect(try server.send("POST /probes/shown", body: Array("x".utf8))["x-count"] == "3")
        #expect(try server.logged().contains("it was called"))
    }

    private enum ClientPrograms {
        static let python = Repository.root + "/.build/clients/bin/python"
    }
}

/// What the runner makes of requests and triggers, and the runtime of that.
@Suite struct LambdaEventTests {
    private static func read(
        _ event: JSON, for trigger: FunctionRuntime.Trigger
    ) throws -> Invocation {
        try LambdaEvent.read(
            RuntimeAPI.Invocation(id: "r1", event: event.bytes), for: trigger
        ).invocation
    }

    @Test(arguments: [
        ("text/plain", Array("words".utf8)), ("application/json", Array("{}".utf8)),
        ("application/x-www-form-urlencoded", Array("a=b".utf8)), ("image/png", [0xFF, 0]),
        ("text/plain", [0xFF]), ("", Array("words".utf8)),
    ])
    func `a request comes through as it was`(type: String, body: [UInt8]) throws {
        var request = Request(
            method: "PATCH", path: "/a%20b/%2F/ü".addingEscapes, query: "x=%20&y&x=2",
            headers: ["host": "a.example", "cookie": "k=v; l=w", "x-two": "1"], body: body,
            remoteAddress: "192.0.2.1", id: "r1", time: Timestamp(milliseconds: 1_795_251_600_123))
        if !type.isEmpty { request.headers["content-type"] = type }

        let route = FunctionRuntime.Trigger.route(.get("/"))
        guard case .request(let read) = try Self.read(HTTPEvent.json(of: request), for: route)
        else { throw TestError("It is no request.") }

        #expect(read.method == request.method)
        #expect(read.path == request.path)
        #expect(read.query == request.query)
        #expect(
            read.headers.fields.sorted { $0.name < $1.name }
                == request.headers.fields.sorted { $0.name < $1.name })
        #expect(read.body == request.body)
        #expect(read.remoteAddress == request.remoteAddress)
        #expect(read.id == request.id)
        #expect(read.time == request.time)
    }

    @Test(arguments: [
        ("$default", "/a b", "/a%20b"), ("$default", "/100%", "/100%25"),
        ("$default", "/%2g/%41", "/%252g/%41"), ("test", "/test/x", "/x"), ("test", "/test", "/"),
        ("test", "/testing", "/testing"), ("test", "/x", "/x"),
        ("$default", "/a?b#c", "/a%3Fb%23c"),
    ])
    func `a path is encoded, and below its stage`(stage: String, raw: String, path: String) throws {
        let event: JSON = [
            "version": "2.0", "rawPath": .string(raw),
            "requestContext": ["http": ["method": "GET"], "stage": .string(stage)],
        ]
        guard case .request(let read) = try Self.read(event, for: .route(.get("/"))) else {
            throw TestError("It is no request.")
        }
        #expect(read.path == path)
    }

    @Test func `messages and schedules come through as they were`() throws {
        let batch: JSON = [
            "messages": [
                [
                    "id": "m1", "body": "words", "attributes": ["kind": "csv"], "receiveCount": 3,
                    "sentAt": 1_795_251_600_123,
                ]
            ]
        ]
        let event = TriggerEvent.json(of: batch, for: "probes-Collect", id: "r1", time: 0)
        guard case .messages(let messages) = try Self.read(event, for: .queue(.init("collect")))
        else { throw TestError("They are no messages.") }
        let message = try #require(messages.first)
        #expect(messages.count == 1)
        #expect((message.id, message.body) == ("m1", "words"))
        #expect(message.attributes == ["kind": "csv"])
        #expect(message.receiveCount == 3)
        #expect(message.sentAt.milliseconds == 1_795_251_600_123)

        let scheduled = TriggerEvent.json(
            of: ["schedule": "0 * * * *"], for: "probes-Tick", id: "r1", time: 1_795_251_600_123)
        guard case .schedule(let read) = try Self.read(scheduled, for: .schedule("1 * * * *"))
        else { throw TestError("It is no schedule.") }
        #expect(read.schedule.cron == "1 * * * *")
        #expect(read.time.milliseconds == 1_795_251_600_000)
    }

    @Test(arguments: [
        ("", [] as [String]?), ("null", []), ("{}", []), (#"{"batchItemFailures":[]}"#, []),
        (#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#, ["a"]),
        (#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, nil),
        (#"{"batchItemFailures":[{}]}"#, nil), (#"{"batchItemFailures":7}"#, nil), ("{", nil),
    ])
    func `failures that are none make the whole batch come again`(answer: String, ids: [String]?) {
        #expect(TriggerEvent.failures(in: Array(answer.utf8)) == ids)
    }
}

extension String {
    /// Percent-encoded where it is not ASCII.
    fileprivate var addingEscapes: String {
        PercentEncoding.encode(self, keeping: "/%")
    }
}

import Testing

@testable import FunctionRuntime

extension Function {
    fileprivate func answer(_ request: Request) -> (response: Response, error: (any Error)?) {
        let outcome = run(.request(request))
        return (outcome.response, outcome.error)
    }
}

@Suite struct FunctionTests {
    struct Show: Function {
        static let route = Route.get("/things/{id}").alias("/thing/{id}")

        func handle(_ request: Request) throws -> Response {
            let id = try request.path("id", as: Int.self)
            switch id {
            case 1: throw Failure.conflict("Thing 1 is taken.")
            case 2: throw Broken(secret: "hunter2")
            case 3: return .redirect(to: "/things/4")
            default: return .text("\(request.method) \(id)")
            }
        }
    }

    struct Broken: Error { var secret: String }

    struct Create: Function {
        static let route = Route.post("/things")
        func handle(_ request: Request) throws -> Response { .noContent }
    }

    struct Expire: ScheduledFunction {
        static let schedule: Schedule = "0 * * * *"
        func handle(_ event: ScheduledEvent) throws {
            if event.id == "bad" { throw Failure.conflict("Not now.") }
            if event.id == "broken" { throw Broken(secret: "hunter2") }
        }
    }

    struct Work: QueueFunction {
        static let queue = QueueTrigger("work", batchSize: 5)
        func handle(_ messages: [Message]) throws -> [Message.ID] {
            messages.filter { $0.body == "bad" }.map(\.id)
        }
    }

    @Test(arguments: [("good", 204), ("bad", 409), ("broken", 500)])
    func `a scheduled function answers how it went`(_ id: String, _ status: Int) {
        let event = ScheduledEvent(
            schedule: Expire.schedule, time: Timestamp(milliseconds: 0), id: id)
        let outcome = Expire().run(.schedule(event))
        #expect(outcome.response.status == status)
        #expect((outcome.error != nil) == (status == 500))
    }

    @Test func `a function of a queue names the messages that failed`() {
        let messages = ["good", "bad"].map {
            Message(id: "id-\($0)", body: $0, receiveCount: 1, sentAt: Timestamp(milliseconds: 0))
        }
        let outcome = Work().run(.messages(messages))
        #expect(outcome.response.status == 204)
        #expect(outcome.failed == ["id-bad"])
        let line = String(decoding: ResponseEnvelope.line(of: outcome), as: UTF8.self)
        #expect(line == #"{"status":204,"headers":{},"failed":["id-bad"]}"# + "\n")
    }

    @Test func `a function refuses an occasion that is another's`() {
        let request = Invocation.request(Request(method: "GET", path: "/"))
        #expect(Expire().run(request).response.status == 400)
        #expect(Work().run(request).response.status == 400)
        #expect(Show().run(.messages([])).response.status == 400)
    }

    @Test func `describes when it runs`() throws {
        #expect(try Description.json(of: Expire.self)["schedule"] == "0 * * * *")
        #expect(
            try Description.json(of: Work.self)["queue"] == [
                "name": "work", "batchSize": 5, "maxReceives": 5, "retryDelay": 0,
            ])
    }

    private static func text(_ response: Response) -> String {
        String(decoding: response.body, as: UTF8.self)
    }

    @Test func `answers its route and its alias`() {
        for path in ["/things/7", "/thing/7"] {
            let (response, error) = Show().answer(Request(method: "GET", path: path))
            #expect(response.status == 200)
            #expect(Self.text(response) == "GET 7")
            #expect(error == nil)
        }
    }

    @Test func `answers HEAD as GET, without the body and with its length`() {
        let (response, _) = Show().answer(Request(method: "HEAD", path: "/things/12"))
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
        #expect(response.headers["content-length"] == "6")
        #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
    }

    @Test(arguments: [("/things/1", 409), ("/things/2", 500), ("/things/x", 404), ("/other", 404)])
    func `answers HEAD without a body whatever goes wrong`(path: String, status: Int) {
        let (response, _) = Show().answer(Request(method: "HEAD", path: path))
        #expect(response.status == status)
        #expect(response.body.isEmpty)
    }

    @Test func `answers 404 for another path`() {
        let (response, error) = Show().answer(Request(method: "GET", path: "/others"))
        #expect(response.status == 404)
        #expect(Self.text(response) == #"{"code":"not-found","message":"Nothing is at /others."}"#)
        #expect(error == nil)
    }

    @Test func `answers 404 where a placeholder's value cannot exist`() {
        let (response, _) = Show().answer(Request(method: "GET", path: "/things/x%22y"))
        #expect(response.status == 404)
        #expect(Self.text(response).contains(#"Nothing here has the id \"x\"y\"."#))
    }

    @Test func `answers 405 for another method, with those that it takes`() {
        let (response, _) = Show().answer(Request(method: "DELETE", path: "/things/7"))
        #expect(response.status == 405)
        #expect(response.headers["allow"] == "GET, HEAD")
        #expect(
            Self.text(response)
                == #"{"code":"method-not-allowed","message":"/things/7 takes GET, not DELETE."}"#)
        let head = Create().answer(Request(method: "HEAD", path: "/things")).response
        #expect(head.status == 405)
        #expect(head.headers["allow"] == "POST")
        #expect(head.body.isEmpty)
    }

    @Test func `answers a failure in the app's envelope`() {
        let (response, error) = Show().answer(Request(method: "GET", path: "/things/1"))
        #expect(response.status == 409)
        #expect(response.headers["content-type"] == "application/json")
        #expect(Self.text(response) == #"{"code":"conflict","message":"Thing 1 is taken."}"#)
        #expect(error == nil)
    }

    @Test func `tells the caller nothing of any other error, and the host all`() {
        let (response, error) = Show().answer(Request(method: "GET", path: "/things/2", id: "r7"))
        #expect(response.status == 500)
        #expect(
            Self.text(response)
                == #"{"code":"internal-error","message":"Something went wrong here; "#
                + #"the request's id is r7."}"#)
        #expect((error as? Broken)?.secret == "hunter2")
    }

    @Test func `gives details only where there are some`() {
        let failure = Failure.invalid([.init(path: "a.0", message: "Is required.")])
        #expect(
            Self.text(Show.render(failure))
                == #"{"code":"validation-failed","message":"Validation failed","details":"#
                + #"[{"path":"a.0","message":"Is required."}]}"#)
    }

    @Test func `names its failures' statuses`() {
        let failures: [(Failure, Int)] = [
            (.badRequest("m"), 400), (.unauthorized("m"), 401), (.forbidden("m"), 403),
            (.notFound("m"), 404),
            (.conflict("m"), 409), (.tooManyRequests("m", retryAfter: 30), 429),
            (.unavailable("m"), 503),
        ]
        for (failure, status) in failures { #expect(failure.status == status) }
        #expect(failures[5].0.headers["retry-after"] == "30")
        #expect(Show.render(failures[5].0).headers["retry-after"] == "30")
    }

    @Test func `writes a CGI response as RFC 3875 has it`() {
        let response = Response.text("é", status: 201).adding("Set-Cookie", "a=1").adding(
            "set-cookie", "b=2\r\nx: y")
        #expect(
            String(decoding: CGI.bytes(of: response), as: UTF8.self)
                == "Status: 201 Created\r\ncontent-type: text/plain; charset=utf-8\r\n"
                + "set-cookie: a=1\r\nset-cookie: b=2  x: y\r\n\r\né")
        #expect(
            String(decoding: CGI.bytes(of: Response(status: 299)), as: UTF8.self)
                == "Status: 299 Status 299\r\n\r\n")
    }
}

@Suite struct DescriptionTests {
    struct Search: Function {
        static let route = Route.get("/search").alias("/find")

        var hops = Variable("TRUSTED_PROXY_HOPS")
        var limit = 5

        struct Filter: Decodable {
            var text: Text<1, 50>
            var page: Int?
        }

        func handle(_ request: Request) throws -> Response { .noContent }

        static func render(_ failure: Failure) -> Response {
            failure.response(["error": .string(failure.message), "code": .string(failure.code)])
        }
    }

    @Test func `tells route, aliases, bindings, filter and envelope`() throws {
        let description = try Description.json(of: Search.self)
        #expect(
            String(decoding: description.bytes, as: UTF8.self)
                == #"{"name":"Search","route":{"method":"GET","path":"/search","aliases":["/find"]},"#
                + #""bindings":[{"kind":"variable","name":"TRUSTED_PROXY_HOPS"}],"#
                + #""filter":{"type":"object","properties":{"text":{"type":"string","minLength":1,"#
                + #""maxLength":50},"page":{"type":"integer"}},"required":["text"]},"#
                + #""envelope":"{\"error\":\"{message}\",\"code\":\"{code}\"}"}"#)
    }
}

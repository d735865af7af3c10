import FunctionRuntime
import TestSupport
import Testing

/// The built probes, run as a host runs them.
@Suite struct HostTests {
    private static let echo = Repository.build + "/ProbesEcho"
    private static let printing = Repository.build + "/ProbesPrint"

    private static func run(
        _ path: String, _ arguments: [String] = [], _ environment: [String: String] = [:],
        input: String = ""
    ) throws -> (output: String, errors: String, status: Int32) {
        let outcome = try Program.run(
            path, arguments, environment: environment, input: Array(input.utf8))
        return (
            String(decoding: outcome.output, as: UTF8.self),
            String(decoding: outcome.errors, as: UTF8.self), outcome.status
        )
    }

    private static let cgi = [
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "PATH_INFO": "/echo",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json", "APUS_REQUEST_ID": "r1",
    ]

    private static func runCGI(
        _ environment: [String: String] = [:], body: String
    ) throws -> (output: String, errors: String, status: Int32) {
        try run(
            echo, [],
            cgi.merging(["CONTENT_LENGTH": String(body.utf8.count)]) { $1 }.merging(environment) {
                $1
            },
            input: body)
    }

    @Test func `describes itself`() throws {
        let description = #"""
            {"name":"Echo","route":{"method":"POST","path":"/echo"},"bindings":[],"input":{"type":"object",
            "properties":{"name":{"type":"string","minLength":1,"maxLength":100},"quantity":{"type":"integer",
            "minimum":1,"maximum":1000}},"required":["name"]},"output":{"type":"object","properties":
            {"greeting":{"type":"string"},"quantity":{"type":"integer"}},"required":["greeting","quantity"]},
            "envelope":"{\"code\":\"{code}\",\"message\":\"{message}\"}"}
            """#
        let outcome = try Self.run(Self.echo, ["--describe"])
        #expect(outcome.output == description.replacing("\n", with: "") + "\n")
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
    }

    @Test func `answers requests on standard input until it ends`() throws {
        let input = #"""
            {"method":"POST","path":"/echo","json":{"name":"Ada"}}
            {
              "method": "POST", "path": "/echo",
              "json": {"name": "Bob", "quantity": 3}
            } {"method":"GET","path":"/echo"}
            nonsense
            {"method":"POST","path":"/nowhere"}
            {"method":"POST","path":"/echo","body":"{"}
            """#
        let outcome = try Self.run(Self.echo, input: input)
        let answers = try outcome.output.split(separator: "\n").map {
            try JSON(parsing: String($0))
        }
        #expect(answers.map { $0["status"] } == [200, 200, 405, 400, 404, 400])
        #expect(answers[0]["body"] == #"{"greeting":"Hello, Ada!","quantity":1}"#)
        #expect(answers[1]["body"] == #"{"greeting":"Hello, Bob!","quantity":3}"#)
        #expect(
            answers[3]["body"]?.text
                == #"{"code":"bad-request","message":"Standard input did not hold a request. "#
                + #"At byte 0: a request is an object, which starts with \"{\"."}"#)
        #expect(outcome.status == 0)
    }

    @Test func `keeps what is printed out of the protocol, on standard input and under CGI`() throws
    {
        let printed =
            "Shouting hey\n" + #"{"status":418,"headers":{},"body":"not the answer"}"# + "\n"
        let line = try Self.run(
            Self.printing, input: #"{"method":"POST","path":"/print","body":"hey"}"#)
        #expect(
            line.output
                == #"{"status":200,"headers":{"content-type":"text/plain; charset=utf-8"},"body":"HEY!"}"#
                + "\n")
        #expect(line.errors == printed)

        let document = try Self.run(
            Self.printing, [],
            Self.cgi.merging(["PATH_INFO": "/print", "CONTENT_LENGTH": "3"]) { $1 }, input: "hey")
        #expect(
            document.output
                == "Status: 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n\r\nHEY!")
        #expect(document.errors == printed)
    }

    @Test func `answers one request under CGI`() throws {
        let outcome = try Self.runCGI(body: #"{"name":"Ada","quantity":2}"#)
        #expect(
            outcome.output == "Status: 200 OK\r\ncontent-type: application/json\r\n\r\n"
                + #"{"greeting":"Hello, Ada!","quantity":2}"#)
        #expect(outcome.status == 0)
    }

    @Test func `reads no more than CONTENT_LENGTH under CGI`() throws {
        let outcome = try Self.runCGI(["CONTENT_LENGTH": "14"], body: #"{"name":"Ada"}{"next":1}"#)
        #expect(outcome.output.hasPrefix("Status: 200"))
    }

    @Test func `refuses a body that ended before CONTENT_LENGTH`() throws {
        let outcome = try Self.runCGI(["CONTENT_LENGTH": "100"], body: #"{"name":"Ada"}"#)
        #expect(outcome.output.hasPrefix("Status: 400 Bad Request\r\n"))
        #expect(outcome.output.contains("The body ended after 14 of 100 bytes."))
    }

    @Test(arguments: ["-5", "x", "", "99999999999999999999"])
    func `takes a malformed CONTENT_LENGTH for none`(length: String) throws {
        let outcome = try Self.runCGI(["CONTENT_LENGTH": length], body: #"{"name":"Ada"}"#)
        #expect(outcome.output.hasPrefix("Status: 400 Bad Request\r\n"))
        #expect(outcome.output.contains("The request has no body"))
    }

    @Test func `answers 404, 405 and HEAD under CGI`() throws {
        #expect(
            try Self.runCGI(["PATH_INFO": "/x"], body: "").output.hasPrefix("Status: 404 Not Found")
        )
        let wrong = try Self.runCGI(["REQUEST_METHOD": "HEAD"], body: "")
        #expect(wrong.output.hasPrefix("Status: 405 Method Not Allowed\r\nallow: POST\r\n"))
        #expect(wrong.output.hasSuffix("\r\n\r\n"))
    }

    @Test func `encodes again what the server decoded of the path`() throws {
        let outcome = try Self.runCGI(["PATH_INFO": "/é %/?"], body: "")
        #expect(outcome.output.contains("Nothing is at /%C3%A9%20%25/%3F."))
    }

    @Test func `ends without a word where there is no request`() throws {
        let outcome = try Self.run(Self.echo, input: " \n")
        #expect(outcome.output == "")
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
    }
}

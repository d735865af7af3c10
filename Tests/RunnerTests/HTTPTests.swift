import Foundation
import NIOCore
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct HTTPTests {
    @Test(arguments: WorkerKind.allCases)
    func `a body comes back as it went, whatever its bytes`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }
        let bodies: [[UInt8]] = [
            [], Array("\"\\/\u{8}\u{C}\n\r\t\u{1F}\u{7F}ü€😀\u{2028}".utf8), Array(0...255),
            [0xFF], Array(repeating: 0, count: 1000), Array("é".utf8) + [0xC3],
        ]

        for body in bodies {
            #expect(try server.send("POST /probes/mirror", body: body).body == body)
        }
    }

    @Test(arguments: WorkerKind.allCases)
    func `large bodies pass in both directions`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }
        let line = Array("0123456789 \"quoted\" \\ \n".utf8)
        let body = (0..<2_000_000).map { line[$0 % line.count] }

        let reply = try server.send("POST /probes/mirror", body: body)

        #expect(reply.status == 200)
        #expect(reply.body == body)
    }

    @Test(arguments: WorkerKind.allCases)
    func `a chunked body arrives whole, with its length`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }
        let client = try server.connect()

        try client.write(
            """
            POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
            3\r\nabc\r\n5;note=1\r\ndefgh\r\n
            """)
        try client.write("0\r\nTrailer: t\r\n\r\n")

        #expect(try client.reply().text == "abcdefgh")
    }

    @Test func `a body that is too large is 413 before it is sent`() throws {
        let server = try RunningServer { $0.bodyLimit = 1000 }
        let client = try server.connect()

        try client.write("POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        let reply = try client.reply()

        #expect(reply.status == 413)
        #expect(reply["connection"] == "close")
        #expect(reply.text.contains("larger than 1000 bytes"))
        #expect(try client.isClosed())
        #expect(
            try server.send("POST /probes/mirror", body: Array(repeating: 1, count: 1000)).status
                == 200)
    }

    @Test func `a chunked body that grows too large is 413`() throws {
        let server = try RunningServer { $0.bodyLimit = 1000 }
        let client = try server.connect()

        try client.write(
            "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        try client.write("3e8\r\n" + String(repeating: "a", count: 1000) + "\r\n")
        try client.write("1\r\na\r\n")

        #expect(try client.reply().status == 413)
    }

    @Test func `Expect is answered with 100, or at once with the refusal`() throws {
        let server = try RunningServer { $0.bodyLimit = 1000 }
        let client = try server.connect()

        try client.write(
            RunningServer.message(
                "POST /probes/mirror\nExpect: 100-continue\nContent-Length: 3"))
        #expect(try client.reply().status == 100)
        try client.write("abc")
        #expect(try client.reply().text == "abc")

        try client.write(
            RunningServer.message(
                "POST /probes/mirror\nExpect: 100-continue\nContent-Length: 3000"))
        #expect(try client.reply().status == 413)

        let other = try server.connect()
        try other.write(
            RunningServer.message("POST /probes/nothing\nExpect: 100-continue\nContent-Length: 3"))
        #expect(try other.reply().status == 404)
    }

    @Test func `pipelined requests are answered in order`() throws {
        let server = try RunningServer()
        let client = try server.connect()

        try client.write(
            ["sleep/100", "shout/second", "nothing", "shout/fourth"].flatMap {
                RunningServer.message("GET /probes/\($0)")
            })

        #expect(try client.reply().status == 200)
        #expect(try client.reply().text == "second")
        #expect(try client.reply().status == 404)
        #expect(try client.reply().text == "fourth")
    }

    @Test func `a thousand pipelined requests are all answered`() throws {
        let server = try RunningServer { $0.logsRequests = false }
        let client = try server.connect()

        try client.write((0..<1000).flatMap { RunningServer.message("GET /probes/show/\($0)") })

        for number in 0..<1000 {
            #expect(try client.reply().text.contains(#""name":"\#(number)""#))
        }
    }

    @Test func `HTTP/1.0 is closed after the answer, unless it asks otherwise`() throws {
        let server = try RunningServer()
        let closing = try server.connect()
        let staying = try server.connect()

        try closing.write("GET /probes/shout/old HTTP/1.0\r\n\r\n")
        let reply = try closing.reply()
        #expect(reply.text == "old")
        #expect(reply["connection"] == "close")
        #expect(try closing.isClosed())

        for _ in 0..<2 {
            try staying.write("GET /probes/shout/old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try staying.reply()["connection"] == "keep-alive")
        }
    }

    @Test func `a client that closes after its answer is told so`() throws {
        let server = try RunningServer()
        let client = try server.connect()

        try client.write(RunningServer.message("GET /probes/shout/last\nConnection: close"))
        #expect(try client.reply()["connection"] == "close")
        #expect(try client.isClosed())
    }

    @Test func `a client that asks for another protocol is answered in this one`() throws {
        let server = try RunningServer()
        let client = try server.connect()

        try client.write(
            RunningServer.message(
                "GET /probes/show/a\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c"))
        let reply = try client.reply()

        #expect(reply.status == 200)
        #expect(!reply.text.contains("upgrade"))
        #expect(try client.isClosed())
    }

    @Test func `a connection that is kept gets no 408`() throws {
        let server = try RunningServer {
            $0.clientTimeout = .milliseconds(50)
            $0.keepAliveTimeout = .milliseconds(500)
        }
        let client = try server.connect()

        try client.write(RunningServer.message("GET /nothing"))
        #expect(try client.reply().status == 404)
        #expect(try client.isClosed())
    }

    @Test func `a client that has said all it has to say gets its answer`() throws {
        let server = try RunningServer()
        let client = try server.connect()

        try client.write(RunningServer.message("GET /probes/sleep/100"))
        client.finish()

        #expect(try client.reply().status == 200)
        #expect(try client.isClosed())
    }

    @Test func `the request of a client that is gone is not begun`() throws {
        let server = try RunningServer { $0.workersPerFunction = 1 }
        let first = try server.connect()
        try first.write(RunningServer.message("GET /probes/sleep/700"))
        #expect(try server.send("GET /probes/shout/begun").status == 200)

        do {
            let gone = try server.connect()
            try gone.write(RunningServer.message("GET /probes/sleep/7"))
            #expect(try server.send("GET /probes/shout/queued").status == 200)
        }
        #expect(try first.reply().status == 200)
        #expect(try server.send("GET /probes/sleep/8").status == 200)

        #expect(try server.waits(for: "Slept 8 ms."))
        #expect(try !server.logged().contains("Slept 7 ms."))
    }

    @Test(arguments: ["", "GET /probes/show/a HT", "GET /probes/show/a HTTP/1.1\r\nHost: x\r\nX-"])
    func `slow headers are 408`(start: String) throws {
        let server = try RunningServer {
            $0.clientTimeout = .milliseconds(200)
            $0.keepAliveTimeout = .milliseconds(200)
        }
        let client = try server.connect()

        try client.write(start)

        if !start.isEmpty {
            let reply = try client.reply()
            #expect(reply.status == 408)
            #expect(reply["connection"] == "close")
        }
        #expect(try client.isClosed())
    }

    @Test func `a slow body is 408`() throws {
        let server = try RunningServer { $0.clientTimeout = .milliseconds(200) }
        let client = try server.connect()

        try client.write("POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")

        #expect(try client.reply().status == 408)
        #expect(try client.isClosed())
        #expect(try !server.logged().contains("Probes/Mirror:"))
    }

    @Test func `fields that are too large are 431`() throws {
        let server = try RunningServer()

        let reply = try server.send("GET /\nX-Big: " + String(repeating: "a", count: 100_000))

        #expect(reply.status == 431)
    }
}

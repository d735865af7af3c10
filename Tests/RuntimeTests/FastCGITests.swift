import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// The built probes behind a listening socket, as a web server meets them.
@Suite struct FastCGITests {
    private typealias Client = FastCGIClient

    /// A probe that serves, in a folder of its own.
    private struct Probe {
        let function: ListeningFunction
        let address: HTTPClient.Address
        let log: String

        init(_ name: String, _ environment: [String: String] = [:]) throws {
            let folder = try Children.folder("fastcgi-\(Int.random(in: 0..<Int.max))")
            address = .socket(path: folder + "/s")
            log = folder + "/log"
            function = try ListeningFunction(
                "\(Repository.build)/Probes\(name)", environment: environment,
                socket: folder + "/s", errors: log)
        }

        func connect() throws -> FastCGIClient { try FastCGIClient(address) }

        var logged: String {
            String(decoding: (try? Repository.bytes(of: log)) ?? [], as: UTF8.self)
        }
    }

    private static func get(_ path: String) -> [String: String] {
        ["REQUEST_METHOD": "GET", "PATH_INFO": path]
    }

    private static func post(_ path: String, _ body: [UInt8]) -> [String: String] {
        ["REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_LENGTH": String(body.count)]
    }

    private static let done: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]

    @Test func `answers, and keeps the connection or closes it as it is told`() throws {
        let probe = try Probe("Echo")
        let client = try probe.connect()
        let body = Array(#"{"name":"Ada"}"#.utf8)
        for keepsConnection in [true, true, false] {
            let outcome = try client.send(
                Self.post("/echo", body), body: body, request: 300,
                keepsConnection: keepsConnection)
            #expect(
                outcome.text == "Status: 200 OK\r\ncontent-type: application/json\r\n\r\n"
                    + #"{"greeting":"Hello, Ada!","quantity":1}"#)
            #expect(outcome.end == Self.done)
        }
        #expect(client.record() == nil)
    }

    @Test func `serves whoever has something to say, though others keep their connections`() throws
    {
        let probe = try Probe("Mirror")
        let clients = try (0..<3).map { _ in try probe.connect() }
        // One has begun a request and does not go on, and one says nothing at all.
        clients[0].send(Client.begin(1) + Client.record(4, 1, [14]))
        for round in 0..<20 {
            let body = Array("round \(round)".utf8)
            let client = round % 2 == 0 ? clients[2] : try probe.connect()
            let outcome = try client.send(Self.post("/mirror", body), body: body)
            #expect(outcome.text.hasSuffix("\r\n\r\nround \(round)"))
        }
        clients[0].send(
            Client.record(4, 1, [4] + "REQUEST_METHODPOST".utf8)
                + Client.record(4, 1, Client.pairs(["PATH_INFO": "/mirror"]))
                + Client.record(4, 1) + Client.stream(5, 1, Array("late".utf8)))
        #expect(try clients[0].outcome(of: 1).text.hasSuffix("\r\n\r\nlate"))
    }

    @Test func `carries bodies of 10 MiB both ways, past one who does not read his`() throws {
        let probe = try Probe("Mirror")
        let body = (0..<10 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 4) }
        let deaf = try probe.connect()
        deaf.send(Client.request(Self.post("/mirror", body), body: body))
        let outcome = try probe.connect().send(Self.post("/mirror", body), body: body)
        #expect(outcome.output.suffix(body.count).elementsEqual(body))
        #expect(outcome.output.prefix(15).elementsEqual("Status: 200 OK\r".utf8))
        // Requests behind it wait until it has read what it asked for.
        deaf.send(Client.request(Self.post("/mirror", [1]), body: [1], request: 2))
        #expect(try deaf.outcome(of: 1).output.suffix(body.count).elementsEqual(body))
        #expect(try deaf.outcome(of: 2).output.last == 1)
    }

    @Test func `answers 400 to a body that is not as long as it says, and 431 to too many fields`()
        throws
    {
        let client = try Probe("Mirror").connect()
        let status = { (variables: [String: String], body: [UInt8]) in
            try client.send(variables, body: body).text.prefix(11)
        }
        #expect(try status(Self.post("/mirror", [1, 2]), [1]) == "Status: 400")
        #expect(try status(Self.post("/mirror", [1]), [1, 2]) == "Status: 400")
        let long = ["HTTP_X": String(repeating: "x", count: 1 << 21)]
        #expect(try status(long.merging(Self.post("/mirror", [1])) { $1 }, [1]) == "Status: 431")
        #expect(try status(Self.post("/mirror", [1]), [1]) == "Status: 200")
    }

    @Test func `outlives those that leave, and those that talk nonsense`() throws {
        let probe = try Probe("Mirror")
        for bytes in [
            [], [1], Client.begin(1), Client.begin(1) + Client.stream(4, 1, []),
            Array("GET / HTTP/1.1\r\n\r\n".utf8),
            Client.request(
                Self.post("/mirror", Array(repeating: 7, count: 1 << 20)),
                body: Array(repeating: 7, count: 1 << 20)),
        ] {
            try probe.connect().send(bytes)
        }
        #expect(try probe.connect().send(Self.post("/mirror", [1]), body: [1]).output.last == 1)
        #expect(
            eventually { probe.logged.contains("What came is not FastCGI.") }, "\(probe.logged)")
    }

    @Test func `ends with 0 at SIGTERM, after the request under way`() throws {
        let probe = try Probe("Sleep")
        let (idle, client) = (try probe.connect(), try probe.connect())
        _ = try idle.send(Self.get("/sleep/0"))
        client.send(Client.request(Self.get("/sleep/300")))
        // It is in the function's hands when nothing of it is left to be received.
        usleep(100_000)
        probe.function.signal(SIGTERM)
        #expect(try client.outcome(of: 1).text.prefix(11) == "Status: 200")
        #expect(client.record() == nil)
        #expect(idle.record() == nil)
        #expect(eventually { probe.function.exitCode == 0 })
    }

    @Test func `ends with 0 at SIGTERM where nothing is under way`() throws {
        let probe = try Probe("Sleep")
        _ = try probe.connect().send(Self.get("/sleep/0"))
        probe.function.signal(SIGTERM)
        #expect(eventually { probe.function.exitCode == 0 })
    }

    @Test func `ends at SIGTERM though many more knock`() throws {
        let probe = try Probe("Sleep")
        let clients = try (0..<9).map { _ in try probe.connect() }
        for client in clients { client.send(Client.request(Self.get("/sleep/300"))) }
        usleep(100_000)
        probe.function.signal(SIGTERM)
        #expect(eventually { probe.function.exitCode == 0 })
        #expect(try clients[0].outcome(of: 1).text.prefix(11) == "Status: 200")
        // Those whom it did not accept are for another process.
        #expect(clients.last?.record() == nil)
    }

    @Test func `logs to standard error, with the id of each request`() throws {
        let probe = try Probe("Print")
        let client = try probe.connect()
        let body = Array("hey".utf8)
        for id in ["r1", "r2"] {
            let outcome = try client.send(
                Self.post("/print", body).merging(["APUS_REQUEST_ID": id]) { $1 }, body: body)
            #expect(outcome.text.hasSuffix("\r\n\r\nHEY!"))
        }
        #expect(probe.logged.contains("Shouting hey\n"))
    }

    @Test func `keeps what requests say out of its environment and out of each other`() throws {
        let client = try Probe("ShowRequest").connect()
        let first = try client.send(
            Self.get("/show").merging([
                "HTTP_PROXY": "http://evil", "HTTP_COOKIE": "a=b", "QUERY_STRING": "x=1",
                "APUS_REQUEST_ID": "r1", "APUS_REQUEST_TIME": "1795251600000",
                "APUS_DEADLINE": "1795251601000",
            ]) { $1 })
        #expect(first.text.contains(#""hasDeadline":true"#))
        let second = try client.send(Self.get("/show"))
        let text = second.text
        #expect(text.contains(#""query":"""#) && text.contains(#""headers":[]"#))
        #expect(text.contains(#""hasDeadline":false"#) && !text.contains(#""id":"r1""#))
    }

    @Test func `runs schedules and queues by POST, as under CGI`() throws {
        let queue = try Probe("Collect").connect()
        let batch = Array(
            #"{"messages":[{"id":"m1","body":"fail"},{"id":"m2","body":"well"}]}"#.utf8)
        let failed = try queue.send(Self.post("/", batch), body: batch)
        #expect(
            failed.text.hasSuffix(#"{"batchItemFailures":[{"itemIdentifier":"m1"}]}"#))
        let tick = Array(#"{"schedule":"*/5 * * * *","time":1795251600000}"#.utf8)
        let outcome = try Probe("Tick").connect().send(Self.post("/", tick), body: tick)
        #expect(outcome.text.hasPrefix("Status: 204"))
    }

    @Test func `shares its socket with other processes`() throws {
        let folder = try Children.folder("fastcgi-shared")
        let listener = try ListeningFunction.listener(at: folder + "/s")
        defer { close(listener) }
        let functions = try (0..<2).map { _ in
            try ListeningFunction(
                "\(Repository.build)/ProbesSleep", environment: [:], listener: listener,
                errors: folder + "/log")
        }
        let clients = try (0..<2).map { _ in try FastCGIClient(.socket(path: folder + "/s")) }
        // Each holds up the process that takes it, so that the other must take the other.
        for client in clients { client.send(Client.request(Self.get("/sleep/2000"))) }
        let processes = try Set(clients.map { try $0.outcome(of: 1).text })
        #expect(processes.count == 2)
        #expect(functions.allSatisfy { $0.exitCode == nil })
    }

    @Test func `wakes one of the processes that share its socket, and not all`() throws {
        let folder = try Children.folder("fastcgi-herd")
        let listener = try ListeningFunction.listener(at: folder + "/s")
        defer { close(listener) }
        let functions = try (0..<8).map { _ in
            try ListeningFunction(
                "\(Repository.build)/ProbesSleep", environment: [:], listener: listener,
                errors: folder + "/log")
        }
        for _ in 0..<100 {
            _ = try FastCGIClient(.socket(path: folder + "/s")).send(Self.get("/sleep/0"))
        }
        // A request wakes one as it knocks, perhaps as it goes on, and after its sleep; not 8.
        #expect(try functions.reduce(0) { try $0 + $1.waits } < 500)
    }

    @Test func `believes only the web servers that it is told`() throws {
        let probe = try TCPProbe(allowing: "10.1.2.3, 127.0.0.1")
        #expect(try probe.get() == "Status: 404")
        #expect(try TCPProbe(allowing: "10.1.2.3").get() == nil)
    }

    /// One that listens at a port of loopback.
    private struct TCPProbe {
        let function: ListeningFunction
        let port: Int

        init(allowing addresses: String) throws {
            let folder = try Children.folder("fastcgi-\(Int.random(in: 0..<Int.max))")
            let listener = socket(
                AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(listener) }
            listen(listener, 8)
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(listener, $0, &length)
                }
            }
            port = Int(UInt16(bigEndian: address.sin_port))
            function = try ListeningFunction(
                "\(Repository.build)/ProbesMirror",
                environment: ["FCGI_WEB_SERVER_ADDRS": addresses], listener: listener,
                errors: folder + "/log")
        }

        func get() throws -> Substring? {
            let client = try FastCGIClient(.port(port))
            client.send(FastCGIClient.request(["PATH_INFO": "/"]))
            return try? client.outcome(of: 1).text.prefix(11)
        }
    }
}

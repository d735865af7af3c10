import Foundation
import NIOCore
import TestSupport
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct WorkerTests {
    @Test(
        arguments: [
            ("segfault", "SIGSEGV"), ("trap", "SIGILL"), ("abort", "SIGABRT"), ("kill", "SIGKILL"),
        ], WorkerKind.allCases)
    func `a crash is 502 and names the signal`(
        crash: (how: String, signal: String), kind: WorkerKind
    )
        throws
    {
        let server = try RunningServer { $0.workerKind = kind }

        let reply = try server.send("GET /probes/crash/\(crash.how)")

        #expect(reply.status == 502)
        #expect(
            reply.text
                == #"{"success":false,"error":{"code":"function-failed","text":"#
                + #""Probes/Crash was ended by \#(crash.signal) before it answered."}}"#)
        #expect(try server.logged().contains("Probes/Crash was ended by \(crash.signal)"))
        #expect(try server.send("GET /probes/crash/\(crash.how)").status == 502)
    }

    @Test(arguments: WorkerKind.allCases)
    func `what a crash has to say stands in the log before its report`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        _ = try server.send("GET /probes/crash/trap")

        let log = try server.logged()
        let words = try #require(log.range(of: "Probes/Crash: Swift/"))
        let report = try #require(log.range(of: "Probes/Crash was ended by SIGILL"))
        #expect(log.contains("Fatal error: Index out of range"))
        #expect(words.lowerBound < report.lowerBound)
    }

    @Test(arguments: [0, 3], WorkerKind.allCases)
    func `an exit without an answer is 502 and says the status`(status: Int, kind: WorkerKind)
        throws
    {
        let server = try RunningServer { $0.workerKind = kind }

        let reply = try server.send("GET /probes/exit/\(status)")

        #expect(reply.status == 502)
        #expect(reply.text.contains("Probes/Exit exited with status \(status)"))
    }

    @Test(arguments: WorkerKind.allCases)
    func `a function that cannot be started is 502, and the log says why`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        #expect(try server.send("GET /probes/missing").status == 502)
        #expect(try server.logged().contains("ProbesMissing failed: No such file or directory"))
    }

    @Test(arguments: WorkerKind.allCases)
    func `a missed deadline is 504 and ends the worker`(kind: WorkerKind) throws {
        let server = try RunningServer {
            $0.workerKind = kind
            $0.deadline = .milliseconds(300)
            $0.workersPerFunction = 1
        }

        let late = try server.send("GET /probes/sleep/60000")

        #expect(late.status == 504)
        #expect(late.text.contains(#""code":"deadline-exceeded""#))
        #expect(try eventually { try server.send("GET /probes/sleep/0").status == 200 })
    }

    @Test(arguments: WorkerKind.allCases)
    func `a full queue is 503 with Retry-After`(kind: WorkerKind) throws {
        let server = try RunningServer {
            $0.workerKind = kind
            $0.workersPerFunction = 1
            $0.queueLimit = 2
        }
        let clients = try (0..<5).map { _ in try server.connect() }

        for client in clients { try client.write(RunningServer.message("GET /probes/sleep/500")) }
        let replies = try clients.map { try $0.reply() }

        #expect(replies.map(\.status).sorted() == [200, 200, 200, 503, 503])
        for reply in replies where reply.status == 503 {
            #expect(reply["retry-after"] == "1")
            #expect(reply.text.contains(#""code":"overloaded""#))
        }
    }

    @Test(arguments: [WorkerKind.warm, .lambda])
    func `a worker stays for the next request, and more come under load`(kind: WorkerKind) throws {
        let server = try RunningServer {
            $0.workerKind = kind
            $0.workersPerFunction = 3
        }
        let first = try server.send("GET /probes/sleep/0").text
        #expect(try server.send("GET /probes/sleep/0").text == first)

        let clients = try (0..<9).map { _ in try server.connect() }
        for client in clients { try client.write(RunningServer.message("GET /probes/sleep/200")) }
        let pids = Set(try clients.map { try $0.reply().text })

        #expect(pids.count == 3)
        #expect(pids.contains(first))
    }

    @Test(arguments: [WorkerKind.warm, .lambda])
    func `an idle worker is sent home, and the next request finds another`(kind: WorkerKind)
        throws
    {
        let server = try RunningServer {
            $0.workerKind = kind
            $0.idleTimeout = .milliseconds(100)
        }
        let pid = try #require(pid_t(try server.send("GET /probes/sleep/0").text))

        #expect(eventually { !isRunning(pid) })
        #expect(try server.send("GET /probes/sleep/0").text != "\(pid)")
        #expect(try !server.logged().contains("while it was idle"))
    }

    @Test(arguments: [WorkerKind.warm, .lambda])
    func `a worker that died while it was idle is not used`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        for _ in 0..<20 {
            let pid = try #require(pid_t(try server.send("GET /probes/sleep/0").text))
            kill(pid, SIGKILL)
            #expect(eventually { !isRunning(pid) })
            #expect(try server.send("GET /probes/sleep/0").status == 200)
        }
        #expect(try server.waits(for: "Probes/Sleep was ended by SIGKILL while it was idle."))
    }

    @Test(arguments: [
        "no JSON at all\n", #"{"status":99}"# + "\n", #"{"status":200,"body":7}"# + "\n",
        #"{"body":"no status"}"# + "\n", #"{"status":200,"stauts":1}"# + "\n",
        #"{"status":200,"headers":{"a b":"c"}}"# + "\n",
        #"{"status":200,"headers":{"a":"b\r\nset-cookie: c"}}"# + "\n",
        #"{"status":200} {}"# + "\n",
        #"{"status":200,"status":200}"# + "\n", #"{"status":200,"body":"\ud800"}"# + "\n", "\n",
    ])
    func `what is not the protocol is 502, and in the log`(output: String) throws {
        let server = try RunningServer()

        let reply = try server.send("POST /probes/garbage", body: Array(output.utf8))

        #expect(reply.status == 502)
        #expect(reply.text.contains("Probes/Garbage wrote what is not a response"))
        let excerpt = output.dropLast().debugDescription.dropFirst().dropLast()
        #expect(try server.logged().contains("It begins: \"\(excerpt)"))
        #expect(try server.send("POST /probes/garbage", body: []).status == 200)
    }

    @Test func `a worker that says more than it was asked is not asked again`() throws {
        let server = try RunningServer()
        let output = Array("{\"status\":201}\n".utf8)

        #expect(try server.send("POST /probes/garbage", body: output).status == 201)
        #expect(try server.waits(for: "Probes/Garbage wrote what is not a response"))
        for _ in 0..<10 {
            #expect(try server.send("POST /probes/garbage", body: []).status == 200)
        }
    }

    @Test(arguments: WorkerKind.allCases)
    func `print does not corrupt an answer, and is in the log`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        let reply = try server.send("GET /probes/shout/hello")

        #expect(reply.text == "hello")
        #expect(try server.waits(for: "Probes/Shout: hello"))
        #expect(try server.waits(for: #""message":"hello","requestId":""#))
    }

    @Test(arguments: ["value", "name"], WorkerKind.allCases)
    func `a function cannot end a header line`(place: String, kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }

        let reply = try server.send("GET /probes/inject/\(place)")

        #expect([200, 502].contains(reply.status))
        #expect(reply["set-cookie"] == nil)
    }

    @Test(arguments: WorkerKind.allCases)
    func `the fields of the connection are the server's`(kind: WorkerKind) throws {
        let server = try RunningServer { $0.workerKind = kind }
        let client = try server.connect()

        try client.write(RunningServer.message("GET /probes/inject/other"))
        let reply = try client.reply()
        try client.write(RunningServer.message("GET /probes/shout/again"))

        #expect(reply.text == "Hello.")
        #expect(reply.all("content-length") == ["6"])
        #expect(reply["connection"] == nil)
        #expect(reply["transfer-encoding"] == nil)
        #expect(reply.all("set-cookie") == ["a=1", "b=2"])
        #expect(try client.reply().text == "again")
    }

    @Test func `replaced functions finish what they have begun`() throws {
        let server = try RunningServer()
        let client = try server.connect()
        let old = try server.send("GET /probes/sleep/0").text
        try client.write(RunningServer.message("GET /probes/sleep/500"))
        #expect(try server.send("GET /probes/shout/begun").status == 200)

        try server.server.replace(mounts: RunningServer.mounts)
        let new = try server.send("GET /probes/sleep/0").text

        #expect(new != old)
        #expect(try client.reply().text == old)
        #expect(eventually { !isRunning(pid_t(old) ?? 0) })
    }

    @Test func `stopping lets requests finish and leaves no process`() throws {
        let server = try RunningServer()
        let client = try server.connect()
        let pid = try #require(pid_t(try server.send("GET /probes/sleep/0").text))
        try client.write(RunningServer.message("GET /probes/sleep/300"))
        #expect(try server.send("GET /probes/shout/begun").status == 200)

        server.server.stop()

        #expect(try client.reply().status == 200)
        #expect(eventually { !isRunning(pid) })
    }
}

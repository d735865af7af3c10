import Foundation
import TestSupport
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What the runner does when the executable of a function that it serves is built anew.
@Suite struct RebuildTests {
    private let folder: TemporaryFolder
    private var executable: String { folder.path + "/Function" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func serve(
        _ function: String, _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws -> RunningServer {
        try place(function)
        var mount = try #require(RunningServer.mounts.first { $0.function == function })
        mount.executable = executable
        return try RunningServer(mounts: { [mount] _ in [mount] }, change)
    }

    /// Puts another executable at the path, as a linker does: the old file stays whole for those who
    /// run it.
    private func place(_ function: String) throws {
        try? FileManager.default.removeItem(atPath: executable)
        try FileManager.default.copyItem(
            atPath: "\(RunningServer.products)/Probes\(function)", toPath: executable)
    }

    @Test(arguments: [WorkerKind.warm, .cgi, .lambda])
    func `a new build answers the next requests`(kind: WorkerKind) throws {
        let server = try serve("Sleep") { $0.workerKind = kind }
        let old = try server.send("GET /probes/sleep/0").text
        #expect(pid_t(old) != nil)

        try place("Garbage")

        #expect(try eventually { try server.send("GET /probes/sleep/0").status != 200 })
        #expect(eventually { !isRunning(pid_t(old) ?? 0) })
    }

    @Test func `a request under way ends on the old build`() throws {
        let server = try serve("Sleep") { $0.workersPerFunction = 1 }
        let client = try server.connect()
        try client.write(RunningServer.message("GET /probes/sleep/0"))
        let old = try client.reply().text
        try client.write(RunningServer.message("GET /probes/sleep/700"))

        try place("Sleep")
        var new = old
        #expect(
            try eventually {
                new = try server.send("GET /probes/sleep/0").text
                return new != old
            })

        #expect(try client.reply().text == old)
        #expect(eventually { !isRunning(pid_t(old) ?? 0) })
        #expect(try server.send("GET /probes/sleep/0").text == new)
    }

    @Test func `while a linker writes, the old build answers`() throws {
        let server = try serve("Sleep") { $0.workersPerFunction = 1 }
        let old = try server.send("GET /probes/sleep/0").text

        try place("Sleep")
        let linker = open(executable, O_WRONLY | O_CLOEXEC)
        for _ in 0..<5 {
            usleep(30_000)
            #expect(try server.send("GET /probes/sleep/0").text == old)
        }
        close(linker)

        #expect(try eventually { try server.send("GET /probes/sleep/0").text != old })
    }

    @Test func `while a linker writes, requests without a worker wait`() throws {
        let server = try serve("Sleep")
        let linker = open(executable, O_WRONLY | O_CLOEXEC)
        let clients = try (0..<3).map { _ in try server.connect() }
        for client in clients { try client.write(RunningServer.message("GET /probes/sleep/0")) }
        #expect(try eventually { try server.server.inspect { !$0.pools[0].isEmpty } })

        close(linker)

        for client in clients { #expect(try client.reply().status == 200) }
    }
}

import Foundation
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// The program as built, on a state folder of the test's own.
@Suite struct RunnerStateTests {
    private static let schema = [
        "0001-note.sql": "CREATE TABLE note (text text);",
        "seed.sql": "INSERT INTO note VALUES ('planted');",
    ]

    /// What SQL gives, through `db shell`.
    private func ask(_ sql: String, in folder: TemporaryFolder) throws -> String {
        let outcome = try RunnerCopy.run(["db", "shell"], in: folder, input: sql)
        return String(decoding: outcome.output + outcome.errors, as: UTF8.self)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal stops it and all that it has started`(signal: Int32) throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)
        #expect(try copy.callEcho().contains("Hello, Ada!"))
        let children = copy.children

        copy.kill(signal)

        #expect(try copy.waitForEnd() == .exited(0))
        #expect(children.count >= 2)
        try expectGone(children)
    }

    @Test func `nothing survives that it is killed, and the next one keeps the data`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp(schema: Self.schema)
        let copy = try RunnerCopy(in: folder)
        #expect(copy.said.contains("new database, 1 migration, seed planted"))
        _ = try copy.callEcho()
        _ = try ask("INSERT INTO note VALUES ('kept')", in: folder)
        let children = copy.children

        copy.kill(SIGKILL)
        #expect(try copy.waitForEnd() == .signaled(SIGKILL))
        // At once, while the guard may still be stopping PostgreSQL.
        let next = try RunnerCopy(in: folder)

        #expect(children.count >= 3)
        try expectGone(children)
        #expect(next.said.contains("up to date"))
        #expect(try ask("SELECT text FROM note", in: folder).contains("kept"))
    }

    /// Waits until processes have ended.
    private func expectGone(_ processes: [pid_t]) throws {
        for process in processes {
            for _ in 0..<1000 where kill(process, 0) == 0 { usleep(10_000) }
            #expect(kill(process, 0) != 0, "Process \(process) has survived.")
        }
    }

    @Test func `it stops and says why when PostgreSQL ends`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp(schema: Self.schema)
        let copy = try RunnerCopy(in: folder)
        let state = try StateFolder(folder.path + "/state")
        let cluster = try #require(ClusterFolder.existing(in: state))

        kill(try #require(Postmaster.running(on: cluster)).pid, SIGKILL)

        #expect(try copy.waitForEnd() == .exited(1))
        copy.readRest()
        #expect(copy.said.contains("PostgreSQL was ended by SIGKILL"))
        // What the crash has left does not hinder the next one.
        #expect(try RunnerCopy(in: folder).said.contains("up to date"))
    }

    @Test func `a second copy on one state says so and stops`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)

        let second = try RunnerCopy.run(["up", "--port", "0"], in: folder)

        let said = String(decoding: second.errors, as: UTF8.self)
        #expect(second.status == 1)
        #expect(said.contains("process \(copy.pid) at http://localhost:\(try copy.port)"))
        #expect(try copy.callEcho().contains("200 OK"))
    }

    @Test func `a port in use is found out before anything is started`() throws {
        let first = try TemporaryFolder()
        let second = try TemporaryFolder()
        try first.writeApp()
        try second.writeApp(schema: Self.schema)
        let copy = try RunnerCopy(in: first)

        let outcome = try RunnerCopy.run(["up", "--port", "\(try copy.port)"], in: second)

        let said = String(decoding: outcome.errors, as: UTF8.self)
        #expect(outcome.status == 1)
        #expect(
            said.contains("Port \(try copy.port) is in use by local-runner (process \(copy.pid))"))
        #expect(!FileManager.default.fileExists(atPath: second.path + "/state/postgres"))
    }

    @Test func `stop ends it, waits, and finds nothing the second time`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)

        let first = try RunnerCopy.run(["stop"], in: folder)
        let second = try RunnerCopy.run(["stop"], in: folder)

        #expect(try copy.waitForEnd() == .exited(0))
        #expect(
            String(decoding: first.output, as: UTF8.self).contains("Stopped process \(copy.pid)"))
        #expect(String(decoding: second.output, as: UTF8.self).contains("Nothing runs on"))
        #expect((first.status, second.status) == (0, 0))
    }

    @Test func `stop does not end a stranger whose number is in the lock`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let state = try StateFolder(folder.path + "/state")
        // The test process holds the lock, and is no runner.
        let lock = try StateLock.take(in: state, port: 1, command: "up")

        let outcome = try RunnerCopy.run(["stop"], in: folder)

        #expect(outcome.status == 1)
        #expect(String(decoding: outcome.errors, as: UTF8.self).contains("by no local-runner"))
        withExtendedLifetime(lock) {}
    }

    @Test func `databases can be reset while it runs and while it does not`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp(schema: Self.schema)
        do {
            let copy = try RunnerCopy(in: folder)
            _ = try ask("DELETE FROM note", in: folder)
            #expect(try RunnerCopy.run(["db", "reset"], in: folder).status == 1)
            #expect(try RunnerCopy.run(["db", "reset", "--yes"], in: folder).status == 0)
            #expect(try ask("SELECT text FROM note", in: folder).contains("planted"))
            copy.kill(SIGTERM)
            _ = try copy.waitForEnd()
        }

        #expect(try RunnerCopy.run(["db", "seed"], in: folder).status == 1)
        #expect(try RunnerCopy.run(["db", "reset", "Probes", "-y"], in: folder).status == 0)
        let migrated = try RunnerCopy.run(["db", "migrate"], in: folder)
        #expect(String(decoding: migrated.output, as: UTF8.self) == "Probes: up to date\n")
    }

    /// An ordinary user, whom root can become where he can reach the program.
    private static let nobody: PostgresAccount? = {
        guard getuid() == 0, let entry = getpwnam("nobody") else { return nil }
        let account = PostgresAccount(
            user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, name: "nobody")
        let isReachable = account.command("/usr/bin/test", ["-x", RunnerCopy.program])
        let status = try? Children.processes.get().run(isReachable)
        return status == .exited(0) ? account : nil
    }()

    @Test(.enabled("Only root can become another user, who must reach .build.") { nobody != nil })
    func `an ordinary user runs it himself`() throws {
        let account = try #require(Self.nobody)
        let folder = try TemporaryFolder()
        try folder.writeApp(schema: Self.schema)
        try account.own(folder.path)

        let copy = try RunnerCopy(in: folder, as: account)

        #expect(try copy.callEcho().contains("200 OK"))
        let status = try String(
            contentsOfFile: "/proc/\(#require(copy.children.last))/status", encoding: .utf8)
        #expect(status.contains("Uid:\t\(account.user)\t\(account.user)"))
    }

    @Test func `a path that is too long for a socket is no obstacle`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp(schema: Self.schema)
        let state = String(repeating: "long/", count: 20) + "state"

        let copy = try RunnerCopy(in: folder, state: state)

        #expect(copy.said.contains("too long for a socket"))
        let link = "\(folder.path)/\(state)/postgres"
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: link)
        #expect(target.hasPrefix("/var/tmp/apus-"))
        copy.kill(SIGTERM)
        let status = try copy.waitForEnd()
        #expect("\(status)" == "exited with status 0", "\(copy.said)")
        #expect(!FileManager.default.fileExists(atPath: target + "/data/postmaster.pid"))
        try FileManager.default.removeItem(atPath: target)
    }
}

import Foundation
import TestSupport
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct ProcessTests {
    /// Runs a script; gives what it wrote, and how it ended, in words.
    private func run(_ script: String, environment: [String: String] = [:]) throws -> [String] {
        let file = NSTemporaryDirectory() + "apus-test-" + UUID().uuidString
        defer { unlink(file) }
        let child = ChildProcess(
            executable: "/bin/sh", arguments: ["-c", script], environment: environment,
            workingDirectory: "/usr", standardOutput: .file(file))
        let status = try RunningServer.guardian.get().run(child)
        return [try String(contentsOfFile: file, encoding: .utf8), "\(status)"]
    }

    @Test func `a child has the environment, folder and streams that it is given`() throws {
        let run = try run("pwd; echo $A$HOME; ls /proc/self/fd | wc -l", environment: ["A": "1"])

        // The three streams, and the descriptor by which ls reads the folder.
        #expect(run == ["/usr\n1\n4\n", "exited with status 0"])
    }

    @Test(arguments: [
        ("exit 7", "exited with status 7"), ("kill -TERM $$", "was ended by SIGTERM"),
    ])
    func `how a child ended is known`(script: String, words: String) throws {
        #expect(try run(script) == ["", words])
    }

    @Test func `children that end at once are not lost`() throws {
        let processes = try RunningServer.guardian.get()
        let done = DispatchSemaphore(value: 0)

        for _ in 0..<200 {
            let child = ChildProcess(executable: "/bin/true")
            _ = try processes.spawn(child) { _ in done.signal() }
        }

        for _ in 0..<200 { #expect(done.wait(timeout: .now() + 20) == .success) }
    }

    @Test func `a program that does not exist cannot be started`() throws {
        let processes = try RunningServer.guardian.get()

        let error = #expect(throws: SystemCallError.self) {
            try processes.run(ChildProcess(executable: "/nonexistent"))
        }
        #expect(error?.description == "Starting /nonexistent failed: No such file or directory.")
    }

    @Test func `no child outlives the end of the guard's pipe`() throws {
        let processes = try Guard(executable: RunningServer.products + "/local-runner")
        let stubborn = ChildProcess(
            executable: "/bin/sh",
            arguments: ["-c", "trap '' INT TERM HUP; while :; do sleep 1000; done"])
        let first = try processes.spawn(stubborn) { _ in }
        let second = try processes.spawn(stubborn) { _ in }

        // What the kernel does when the runner is ended by SIGKILL.
        processes.stop()

        #expect(eventually { !isRunning(first) && !isRunning(second) })
    }

    @Test func `the guard stops first what it was told to, in good order`() throws {
        let processes = try Guard(executable: RunningServer.products + "/local-runner")
        let file = NSTemporaryDirectory() + "apus-test-" + UUID().uuidString
        defer { unlink(file) }
        let orderly = ChildProcess(
            executable: "/bin/sh",
            arguments: [
                "-c",
                "trap 'echo in good order > \(file); exit' INT; echo > \(file); while :; do sleep 0.01; done",
            ], environment: ["PATH": "/usr/bin:/bin"])
        let pid = try processes.spawn(orderly) { _ in }
        #expect(eventually { FileManager.default.fileExists(atPath: file) })

        processes.stopFirst(pid, signal: SIGINT)
        processes.stop()

        #expect(eventually { !isRunning(pid) })
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "in good order\n")
    }
}

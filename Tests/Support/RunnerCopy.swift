import Dispatch
import Glibc
import Synchronization

@testable import LocalRunner

/// A `local-runner up` of a test, as built, on any free port.
final class RunnerCopy: Sendable {
    let pid: pid_t
    /// Stays while the copy runs.
    private let folder: TemporaryFolder
    private let output: Pipe
    private let text = Mutex("")
    private let isEnded = DispatchSemaphore(value: 0)
    private let status: Box

    static let program = Repository.build + "/local-runner"

    /// Starts it, and waits until it serves.
    ///
    /// - Parameters:
    ///   - folder: holds the app and the state.
    ///   - options: of `up`, beside the places and the port.
    ///   - apps: the folder of the apps; nil for the one that holds the state.
    ///   - state: where in the folder the state is.
    ///   - account: whom to run as, instead of this user.
    /// - Throws: ``TestError`` with what it said, where it does not come to serve.
    init(
        in folder: TemporaryFolder, _ options: [String] = [], apps: String? = nil,
        state: String = "state", as account: PostgresAccount? = nil
    ) throws {
        self.folder = folder
        output = try Pipe()
        let arguments =
            ["up", "--port", "0"] + Self.places(folder, apps: apps, state: state) + options
        var child =
            account?.command(Self.program, arguments)
            ?? ChildProcess(executable: Self.program, arguments: arguments)
        child.standardOutput = .descriptor(output.input)
        child.standardError = .descriptor(output.input)
        let (isEnded, status) = (isEnded, Box())
        pid = try Children.processes.get().spawn(child) { ended in
            status.value.withLock { $0 = ended }
            isEnded.signal()
        }
        self.status = status
        close(output.input)
        try read(until: "Ready after")
    }

    private final class Box: Sendable {
        let value = Mutex<ExitStatus?>(nil)
    }

    deinit {
        kill(SIGTERM)
        _ = isEnded.wait(timeout: .now() + 90)
        close(output.output)
    }

    /// The options that say where apps and state are.
    static func places(
        _ folder: TemporaryFolder, apps: String? = nil, state: String = "state"
    ) -> [String] {
        ["--apps", apps ?? folder.path, "--state", "\(folder.path)/\(state)"]
    }

    /// Runs another command of the program.
    static func run(
        _ command: [String], in folder: TemporaryFolder, input: String = ""
    ) throws -> Program.Outcome {
        let end = command.firstIndex(of: "--") ?? command.endIndex
        let arguments = command[..<end] + places(folder) + command[end...]
        return try Program.run(
            program, Array(arguments), environment: ["PATH": "/usr/bin:/bin"],
            input: Array(input.utf8))
    }

    /// All that it has written until now.
    var said: String { text.withLock { $0 } }

    /// The port that it has taken.
    var port: Int {
        get throws {
            let line = said.split(separator: "\n").first { $0.contains("  port ") }
            guard let number = line?.split(separator: " ").last.flatMap({ Int($0) }) else {
                throw TestError("The runner did not say its port: \(said)")
            }
            return number
        }
    }

    func kill(_ signal: Int32) {
        if status.value.withLock({ $0 }) == nil { Glibc.kill(pid, signal) }
    }

    /// Waits until it ends.
    func waitForEnd() throws -> ExitStatus {
        guard isEnded.wait(timeout: .now() + 90) == .success,
            let status = status.value.withLock({ $0 })
        else { throw TestError("The runner did not end. It said: \(said)") }
        isEnded.signal()
        return status
    }

    /// Reads what is left, once it has ended.
    func readRest() {
        while readSome() {}
    }

    private func read(until words: String) throws {
        while !said.contains(words) {
            guard readSome() else { throw TestError("The runner did not start: \(said)") }
        }
    }

    private func readSome() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = Glibc.read(output.output, &buffer, buffer.count)
        guard count > 0 else { return false }
        text.withLock { $0 += String(decoding: buffer[..<count], as: UTF8.self) }
        return true
    }
}

extension RunnerCopy {
    /// The processes that it has started, its guard, PostgreSQL and the workers.
    var children: [pid_t] {
        Repository.names(in: "/proc").compactMap { pid_t($0) }.filter { child in
            guard let stat = try? Repository.bytes(of: "/proc/\(child)/stat") else { return false }
            // "pid (name) state parent …"
            let fields =
                String(decoding: stat, as: UTF8.self).split(separator: ") ").last?.split(
                    separator: " ") ?? []
            return fields.count > 1 && pid_t(fields[1]) == pid
        }
    }

    /// Sends a request to Echo, so that it gets a worker.
    ///
    /// - Returns: the answer, head and body.
    func callEcho() throws -> String {
        let body = #"{"name":"Ada"}"#
        return try exchange(
            """
            POST /probes/echo HTTP/1.1\r
            Host: localhost\r
            Connection: close\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """)
    }

    private func exchange(_ request: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(try port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw SystemCallError("Connecting") }
        let bytes = Array(request.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemCallError("Sending a request")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 {
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

extension RunnerCopy {
    /// What it gives whoever uses its services: the credentials of its state folder.
    func credentials(state: String = "state") throws -> Credentials {
        try Credentials(in: StateFolder("\(folder.path)/\(state)"))
    }
}

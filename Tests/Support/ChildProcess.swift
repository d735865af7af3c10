import Glibc

/// Runs a program to its end: input in, output and errors out, all at once.
///
/// Written on `posix_spawn` because hundreds of fixtures start thousands of processes, and because
/// a function must get exactly the environment that is given here and no descriptor beside its
/// three.
public enum ChildProcess {
    public struct Outcome: Sendable {
        public var output: [UInt8]
        public var errors: [UInt8]
        /// As a shell has it: the exit code, or 128 and the signal's number.
        public var status: Int32
    }

    /// A program that has not ended after so many seconds is killed, and its test fails.
    private static let patience: Int64 = 30

    public static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        input: [UInt8] = []
    ) throws -> Outcome {
        _ = ignoringBrokenPipes
        var pipes = try Pipes()
        defer { pipes.close() }
        let process = try spawn(
            path, arguments, environment,
            descriptors: [pipes.input.read, pipes.output.write, pipes.errors.write])
        pipes.closeChildEnds()
        let isInTime = pipes.exchange(input, until: monotonicSeconds() + patience)
        if !isInTime { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard isInTime else {
            throw TestError("\(path) was still running after \(patience) seconds, and was killed.")
        }
        let signal = status & 0x7F
        return Outcome(
            output: pipes.outputBytes, errors: pipes.errorBytes,
            status: signal == 0 ? status >> 8 & 0xFF : 128 + signal)
    }

    /// Starts a program; descriptor n of it is `descriptors[n]` of this process.
    static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String],
        descriptors: [Int32]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        var process: pid_t = 0
        let code = withCStrings([path] + arguments) { argv in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&process, path, &actions, nil, argv, envp)
            }
        }
        guard code == 0 else {
            throw TestError("\(path) could not be started: \(String(cString: strerror(code))).")
        }
        return process
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    /// A program that ends without reading its input must not end this process.
    private static let ignoringBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    static func monotonicSeconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec)
    }
}

/// The three pipes of a program, and what came out of them.
private struct Pipes {
    var input: (read: Int32, write: Int32)
    var output: (read: Int32, write: Int32)
    var errors: (read: Int32, write: Int32)
    var outputBytes: [UInt8] = []
    var errorBytes: [UInt8] = []

    init() throws {
        (input, output, errors) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
    }

    /// Closed on exec: another test's program that inherited one would keep it open.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw TestError("No pipe could be made: \(String(cString: strerror(errno))).")
        }
        return (ends[0], ends[1])
    }

    mutating func closeChildEnds() {
        Self.close(&input.read)
        Self.close(&output.write)
        Self.close(&errors.write)
    }

    mutating func close() {
        closeChildEnds()
        Self.close(&input.write)
        Self.close(&output.read)
        Self.close(&errors.read)
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Writes the input and reads both outputs, whichever is ready, until both outputs end; false
    /// where they have not by then. `poll` passes over a descriptor that is closed (-1).
    mutating func exchange(_ bytes: [UInt8], until deadline: Int64) -> Bool {
        var written = 0
        _ = fcntl(input.write, F_SETFL, O_NONBLOCK)
        while output.read >= 0 || errors.read >= 0 {
            if written == bytes.count { Self.close(&input.write) }
            let left = deadline - ChildProcess.monotonicSeconds()
            guard left > 0 else { return false }
            var ready = [
                pollfd(fd: input.write, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors.read, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ready, 3, Int32(left) * 1000) > 0 else { continue }
            if ready[0].revents != 0 {
                let count = bytes[written...].withUnsafeBytes { rest in
                    write(input.write, rest.baseAddress, rest.count)
                }
                if count < 0, errno != EAGAIN { written = bytes.count }
                written += max(0, count)
            }
            if ready[1].revents != 0 { Self.read(&output.read, into: &outputBytes) }
            if ready[2].revents != 0 { Self.read(&errors.read, into: &errorBytes) }
        }
        return true
    }

    private static func read(_ descriptor: inout Int32, into bytes: inout [UInt8]) {
        let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { bytes += buffer[..<count] }
            return count
        }
        if count == 0 || count < 0 && errno != EINTR { close(&descriptor) }
    }
}

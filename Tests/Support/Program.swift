import Glibc

@testable import LocalRunner

/// Runs a program to its end: input in, output and errors out, all at once.
public enum Program {
    public struct Outcome: Sendable {
        public var output: [UInt8]
        public var errors: [UInt8]
        /// As a shell has it: the exit code, or 128 and the signal's number.
        public var status: Int32
    }

    /// - Parameters:
    ///   - path: of the executable; it is not searched for.
    ///   - arguments: without the program's own name.
    ///   - environment: the whole of it.
    ///   - input: what it reads on standard input.
    ///   - patience: after so many seconds it is killed, and its test fails.
    /// - Returns: what it wrote and how it ended.
    /// - Throws: ``TestError`` or ``SystemCallError`` where it does not start or does not end.
    public static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        input: [UInt8] = [], patience: Int64 = 60
    ) throws -> Outcome {
        _ = ignoringBrokenPipes
        var streams = try Streams()
        defer { streams.close() }
        let process = try ChildProcess(
            executable: path, arguments: arguments, environment: environment,
            standardInput: .descriptor(streams.input.output),
            standardOutput: .descriptor(streams.output.input),
            standardError: .descriptor(streams.errors.input)
        ).spawn(group: 0)
        streams.closeChildEnds()
        let isInTime = streams.exchange(input, until: monotonicSeconds() + patience)
        if !isInTime { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard isInTime else {
            throw TestError("\(path) was still running after \(patience) seconds, and was killed.")
        }
        let code: Int32 =
            switch ExitStatus(waitStatus: status) {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(output: streams.outputBytes, errors: streams.errorBytes, status: code)
    }

    /// A program that ends without reading its input must not end this process.
    private static let ignoringBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    fileprivate static func monotonicSeconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec)
    }
}

/// The three pipes of a program, and what came out of them.
private struct Streams {
    var input: Pipe
    var output: Pipe
    var errors: Pipe
    var outputBytes: [UInt8] = []
    var errorBytes: [UInt8] = []

    init() throws {
        (input, output, errors) = (try Pipe(), try Pipe(), try Pipe())
    }

    mutating func closeChildEnds() {
        Self.close(&input.output)
        Self.close(&output.input)
        Self.close(&errors.input)
    }

    mutating func close() {
        closeChildEnds()
        Self.close(&input.input)
        Self.close(&output.output)
        Self.close(&errors.output)
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Writes the input and reads both outputs, whichever is ready, until both outputs end.
    ///
    /// `poll` passes over a descriptor that is closed (-1).
    ///
    /// - Returns: whether they ended in time.
    mutating func exchange(_ bytes: [UInt8], until deadline: Int64) -> Bool {
        var written = 0
        _ = fcntl(input.input, F_SETFL, O_NONBLOCK)
        while output.output >= 0 || errors.output >= 0 {
            if written == bytes.count { Self.close(&input.input) }
            let left = deadline - Program.monotonicSeconds()
            guard left > 0 else { return false }
            var ready = [
                pollfd(fd: input.input, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors.output, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ready, 3, Int32(left) * 1000) > 0 else { continue }
            if ready[0].revents != 0 {
                let count = bytes[written...].withUnsafeBytes { rest in
                    write(input.input, rest.baseAddress, rest.count)
                }
                if count < 0, errno != EAGAIN { written = bytes.count }
                written += max(0, count)
            }
            if ready[1].revents != 0 { Self.read(&output.output, into: &outputBytes) }
            if ready[2].revents != 0 { Self.read(&errors.output, into: &errorBytes) }
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

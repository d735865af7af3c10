import Dispatch
import Glibc

/// The pipes of a program that is run to its end, and what came out of them.
struct ProcessStreams {
    private var input: Pipe?
    private var output: Pipe
    private var errors: Pipe?
    private(set) var outputBytes: [UInt8] = []
    private(set) var errorBytes: [UInt8] = []

    init(hasInput: Bool, hasErrors: Bool) throws {
        output = try Pipe()
        do {
            if hasInput { input = try Pipe() }
            if hasErrors { errors = try Pipe() }
        } catch {
            close()
            throw error
        }
    }

    /// The program with the pipes in place of its streams.
    func connect(_ child: ChildProcess) -> ChildProcess {
        var child = child
        child.standardOutput = .descriptor(output.input)
        if let input { child.standardInput = .descriptor(input.output) }
        if let errors { child.standardError = .descriptor(errors.input) }
        return child
    }

    mutating func closeChildEnds() {
        input?.closeOutput()
        output.closeInput()
        errors?.closeInput()
    }

    mutating func close() {
        closeChildEnds()
        input?.closeInput()
        output.closeOutput()
        errors?.closeOutput()
    }

    /// Writes the input and reads both outputs, whichever is ready, until both outputs end.
    ///
    /// `poll` passes over a descriptor that is closed (-1).
    ///
    /// - Returns: whether they ended in time.
    mutating func exchange(_ bytes: [UInt8], until deadline: DispatchTime) -> Bool {
        var written = 0
        if let input { _ = fcntl(input.input, F_SETFL, O_NONBLOCK) }
        while output.output >= 0 || (errors?.output ?? -1) >= 0 {
            if written == bytes.count { input?.closeInput() }
            let now = DispatchTime.now()
            guard now < deadline else { return false }
            let left = (deadline.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000 + 1
            var ready = [
                pollfd(fd: input?.input ?? -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors?.output ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ready, 3, Int32(clamping: left)) > 0 else { continue }
            if ready[0].revents != 0 { write(bytes, &written) }
            if ready[1].revents != 0, !Self.read(output.output, into: &outputBytes) {
                output.closeOutput()
            }
            if ready[2].revents != 0, !Self.read(errors?.output ?? -1, into: &errorBytes) {
                errors?.closeOutput()
            }
        }
        return true
    }

    private func write(_ bytes: [UInt8], _ written: inout Int) {
        let count = bytes[written...].withUnsafeBytes { rest in
            Glibc.write(input?.input ?? -1, rest.baseAddress, rest.count)
        }
        // Who does not read on gets no more.
        if count < 0, errno != EAGAIN, errno != EINTR { written = bytes.count }
        written += max(0, count)
    }

    /// Whether more may come.
    private static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { bytes += buffer[..<count] }
            return count > 0 || count < 0 && errno == EINTR
        }
    }
}

extension Pipe {
    fileprivate mutating func closeOutput() { Self.close(&output) }
    fileprivate mutating func closeInput() { Self.close(&input) }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

import Glibc

/// One connection of a web server: what comes is read, and what goes is written, as far as the
/// other side has it or takes it, so that one that is slow holds up no other.
final class FastCGIConnection {
    /// The connection is to be closed: the web server closed it, or wants it closed, or is none.
    struct Over: Error {}

    let descriptor: Int32
    /// When bytes last came or went, in seconds of the monotonic clock.
    private(set) var moved: Int
    private var reader = FastCGIReader()
    /// Received behind a request whose answer is still being sent.
    private var held: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    private var closesWhenSent = false
    /// What it waits for.
    private var interest: Readiness.Interest?

    init(_ descriptor: Int32, at time: Int) {
        self.descriptor = descriptor
        moved = time
    }

    deinit {
        close(descriptor)
    }

    /// Whether no request is under way.
    var isIdle: Bool { reader.isIdle && output.isEmpty }

    /// Waits for what it needs to go on: requests are read when the answers before them are gone.
    func wait(in readiness: Readiness) throws(Readiness.Unavailable) {
        let next = output.isEmpty ? Readiness.Interest.input : .output
        if interest == nil {
            try readiness.add(descriptor, for: next)
        } else if interest != next {
            try readiness.change(descriptor, to: next)
        }
        interest = next
    }

    /// Goes on as far as it can without waiting.
    ///
    /// - Parameters:
    ///   - buffer: for what is received; its content does not outlive the call.
    ///   - time: seconds of the monotonic clock.
    ///   - answer: adds the records of an answer.
    /// - Throws: ``Over``.
    func advance(
        _ buffer: UnsafeMutableRawBufferPointer, at time: Int,
        answer: (FastCGIReader.Incoming, inout [UInt8]) -> Void
    ) throws {
        moved = time
        if !output.isEmpty {
            guard try flush() else { return }
            let bytes = held
            held = []
            guard try bytes.withUnsafeBytes({ try read($0, answer) }) else { return }
        }
        if let count = try receive(buffer) {
            _ = try read(UnsafeRawBufferPointer(rebasing: buffer[..<count]), answer)
        }
    }

    /// Answers the requests that end in these bytes.
    ///
    /// - Returns: whether everything is sent.
    private func read(
        _ bytes: UnsafeRawBufferPointer, _ answer: (FastCGIReader.Incoming, inout [UInt8]) -> Void
    ) throws(Over) -> Bool {
        var bytes = bytes
        while let incoming = try next(in: &bytes) {
            answer(incoming, &output)
            closesWhenSent = !incoming.keepsConnection
            guard try flush() else {
                held = Array(bytes)
                return false
            }
        }
        closesWhenSent = reader.isOver
        return try flush()
    }

    private func next(
        in bytes: inout UnsafeRawBufferPointer
    ) throws(Over) -> FastCGIReader.Incoming? {
        do {
            return try reader.next(in: &bytes, replies: &output)
        } catch {
            Log.requestID = ""
            Log.error("What came is not FastCGI.", ["error": error.description])
            throw Over()
        }
    }

    /// How many bytes there were; nil where there are none yet.
    private func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(Over) -> Int? {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return count }
            if count < 0, errno == EINTR { continue }
            guard count < 0, errno == EAGAIN else { throw Over() }
            return nil
        }
    }

    /// Sends what is to be sent; whether all of it is gone.
    private func flush() throws(Over) -> Bool {
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                return false
            } else if errno != EINTR {
                throw Over()
            }
        }
        sent = 0
        output.removeAll(keepingCapacity: output.capacity <= 1 << 18)
        if closesWhenSent { throw Over() }
        return true
    }
}

import Dispatch
import Glibc
import Synchronization

/// Lines for people, on standard error: requests, what functions write, what the runner says.
///
/// Writing to a terminal can block for as long as somebody scrolls in it, so another thread does
/// it, a hundred times a second at most; a line costs the server an append. If the terminal stands
/// still, memory does not grow: lines are dropped, and it says how many.
final class Console: Sendable {
    private struct Lines {
        var bytes: [UInt8] = []
        var dropped = 0
    }

    private static let limit = 4 << 20

    private let descriptor: Int32
    private let lines = Mutex(Lines())
    private let queue = DispatchQueue(label: "console")

    init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    /// Adds a line, given without its end.
    func write(line: some Collection<UInt8>) {
        let isFirst = lines.withLock { lines in
            guard lines.bytes.count + line.count < Self.limit else {
                lines.dropped += 1
                return false
            }
            let isFirst = lines.bytes.isEmpty
            lines.bytes.append(contentsOf: line)
            lines.bytes.append(UInt8(ascii: "\n"))
            return isFirst
        }
        if isFirst {
            queue.asyncAfter(deadline: .now() + .milliseconds(10)) { [self] in writeAll() }
        }
    }

    func write(_ line: String) {
        write(line: line.utf8)
    }

    /// Writes what is left before it returns; whoever does not read it is not waited for long.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { [self] in
            writeAll()
            done.signal()
        }
        _ = done.wait(timeout: .now() + .seconds(2))
    }

    private func writeAll() {
        var taken = lines.withLock { lines in
            defer { lines = Lines() }
            return lines
        }
        if taken.dropped > 0 {
            let note = "… \(taken.dropped) lines were dropped: the output is too slow.\n"
            taken.bytes += Array(note.utf8)
        }
        var rest = taken.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                // A terminal that another program made non-blocking.
                guard errno == EAGAIN else { return }
                usleep(10_000)
                continue
            }
            rest = rest.dropFirst(count)
        }
    }
}

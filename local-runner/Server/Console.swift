import Foundation
import Glibc
import Synchronization

/// Lines for people, on standard error: requests, and what functions log.
///
/// Writing to a terminal can block for as long as somebody scrolls in it, so a thread of its own
/// writes, a hundred times a second at most. A line costs the server an append. If the terminal stands still,
/// memory does not grow: lines are dropped, and it says how many.
final class Console: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var dropped = 0
        var isStopped = false
    }

    private static let limit = 4 << 20

    private let descriptor: Int32
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
        let thread = Thread { [self] in writeAll() }
        thread.name = "console"
        thread.start()
    }

    /// Adds a line, given without its end.
    func write(line: some Collection<UInt8>) {
        let isFirst = state.withLock { state in
            guard state.bytes.count + line.count < Self.limit else {
                state.dropped += 1
                return false
            }
            let isFirst = state.bytes.isEmpty
            state.bytes.append(contentsOf: line)
            state.bytes.append(UInt8(ascii: "\n"))
            return isFirst
        }
        if isFirst { wake.signal() }
    }

    func write(_ line: String) {
        write(line: line.utf8)
    }

    /// Writes what is left, and ends the thread.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
        done.wait()
    }

    private func writeAll() {
        var isStopped = false
        while !isStopped {
            wake.wait()
            isStopped = state.withLock { $0.isStopped }
            if !isStopped { usleep(10_000) }
            var (bytes, dropped) = state.withLock { state in
                defer {
                    state.bytes = []
                    state.dropped = 0
                }
                return (state.bytes, state.dropped)
            }
            if dropped > 0 {
                bytes += Array("… \(dropped) lines were dropped: the output is too slow.\n".utf8)
            }
            write(bytes)
        }
        done.signal()
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                // A terminal that another program made non-blocking; there is nothing to wait for.
                guard errno == EAGAIN else { return }
                usleep(10_000)
                continue
            }
            rest = rest.dropFirst(count)
        }
    }
}

import Glibc

/// Blocking reads and writes on file descriptors, whole and without a copy.
///
/// A descriptor that the other side has made non-blocking is waited for.
enum Descriptor {
    /// Writes all bytes.
    ///
    /// A reader that is gone ends it early; there is nobody left to tell.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if !canRetry(descriptor, POLLOUT) {
                    return
                }
            }
        }
    }

    /// Appends what is there to be read, at most `limit` bytes; false at the end of input.
    static func read(from descriptor: Int32, into bytes: inout [UInt8], limit: Int) -> Bool {
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { buffer in
                let count = Glibc.read(descriptor, buffer.baseAddress, limit)
                if count > 0 { bytes += buffer[..<count] }
                return count
            }
            if count >= 0 || !canRetry(descriptor, POLLIN) { return count > 0 }
        }
    }

    /// After a call that failed: whether it was but interrupted, or too early and now is the time.
    private static func canRetry(_ descriptor: Int32, _ event: Int32) -> Bool {
        switch errno {
        case EINTR: return true
        case EAGAIN:
            var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            return poll(&wanted, 1, -1) > 0 || errno == EINTR
        default: return false
        }
    }
}

import Glibc

/// Blocking reads and writes on file descriptors, whole and without a copy.
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
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                rest = rest.dropFirst(count)
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
            if count < 0 && errno == EINTR { continue }
            return count > 0
        }
    }
}

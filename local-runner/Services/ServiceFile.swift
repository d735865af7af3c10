import Glibc
import NIOCore

/// A part of an open file, to be sent as a body.
///
/// It stays whole when the file is removed or replaced meanwhile: the descriptor keeps it alive.
final class ServiceFile: Sendable {
    let descriptor: Int32
    /// Where the part starts, in bytes.
    let offset: Int64
    let length: Int

    /// Takes over an open descriptor, and closes it in the end.
    init(descriptor: Int32, offset: Int64 = 0, length: Int) {
        self.descriptor = descriptor
        self.offset = offset
        self.length = length
    }

    deinit {
        close(descriptor)
    }

    /// Reads a piece of the part.
    ///
    /// - Parameters:
    ///   - position: from the start of the part, in bytes.
    ///   - limit: how much to read at most.
    /// - Returns: what is there; nil where the file is shorter than it was, or cannot be read.
    func read(at position: Int, limit: Int) -> ByteBuffer? {
        let wanted = min(limit, length - position)
        var buffer = ByteBufferAllocator().buffer(capacity: wanted)
        var done = 0
        while done < wanted {
            let (left, place) = (wanted - done, Int(offset) + position + done)
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: left) { space in
                max(0, pread(descriptor, space.baseAddress, left, place))
            }
            guard count > 0 else { return nil }
            done += count
        }
        return buffer
    }
}

internal import FunctionRuntime
internal import Glibc

/// CRC-32 as zlib and S3's `x-amz-checksum-crc32` have it (ISO 3309), eight bytes a step.
struct CRC32 {
    private var state: UInt32 = .max

    /// `tables[n][b]` is what the byte b does that n bytes follow.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in
                value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
            }
        }
        for place in 256..<(8 * 256) {
            let before = tables[place - 256]
            tables[place] = before >> 8 ^ tables[Int(before & 255)]
        }
        return tables
    }()

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        Self.tables.withUnsafeBufferPointer { tables in
            var state = state
            var place = 0
            while place + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                let mixed = UInt64(littleEndian: word) ^ UInt64(state)
                state = 0
                for index in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * index)) & 255
                    state ^= tables[(7 - index) * 256 + byte]
                }
                place += 8
            }
            for byte in bytes[place...] {
                state = state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
            }
            self.state = state
        }
    }

    var value: UInt32 { ~state }

    /// The four bytes in network order as base64, as S3's header has them.
    var header: String {
        Base64.encode(withUnsafeBytes(of: value.bigEndian) { Array($0) })
    }

    /// The checksum of what a request will carry.
    ///
    /// - Throws: ``HTTPError`` where the file cannot be read as far as that.
    static func header(of request: HTTP.Request) throws -> String {
        var checksum = CRC32()
        switch request.body {
        case .none: break
        case .bytes(let bytes): bytes.withUnsafeBytes { checksum.add($0) }
        case .file(let descriptor, let offset, let count):
            var buffer = [UInt8](repeating: 0, count: min(count, 1 << 18))
            var done = 0
            while done < count {
                let got = pread(descriptor, &buffer, min(buffer.count, count - done), offset + done)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    let problem = got < 0 ? String(cString: strerror(errno)) : "it is too short"
                    throw HTTPError(.invalid, request, "its file cannot be read: \(problem)")
                }
                buffer.withUnsafeBytes { checksum.add(.init(rebasing: $0[..<got])) }
                done += got
            }
        }
        return checksum.header
    }
}

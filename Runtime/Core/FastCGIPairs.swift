/// Pairs of a name and a value, each length one byte or four (FastCGI 1.0 §3.4).
enum FastCGIPairs {
    /// Hands out each pair that is there whole.
    ///
    /// - Returns: how many bytes they took; the rest is the beginning of a pair.
    static func read(
        _ bytes: UnsafeRawBufferPointer,
        _ take: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) -> Int {
        var start = 0
        while true {
            var position = start
            guard let name = length(in: bytes, &position), let value = length(in: bytes, &position),
                bytes.count - position >= name + value
            else { return start }
            let end = position + name
            take(
                UnsafeRawBufferPointer(rebasing: bytes[position..<end]),
                UnsafeRawBufferPointer(rebasing: bytes[end..<end + value]))
            start = end + value
        }
    }

    private static func length(in bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return Int(first)
        }
        guard bytes.count - position >= 4 else { return nil }
        let rest = bytes[position + 1..<position + 4].reduce(0) { $0 << 8 | Int($1) }
        position += 4
        return Int(first & 0x7F) << 24 | rest
    }

    /// Adds a pair whose name and value are shorter than 128 bytes.
    static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes += [UInt8(name.utf8.count), UInt8(value.utf8.count)]
        bytes += name.utf8
        bytes += value.utf8
    }
}

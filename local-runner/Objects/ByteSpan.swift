/// One range of bytes, as `Range: bytes=0-99` asks for it (RFC 9110 §14).
enum ByteSpan: Equatable {
    case from(Int, to: Int?)
    case last(Int)

    /// Reads a header; nil where it is of another unit, of several ranges, or no range at all: then
    /// the whole is answered, as the RFC allows and S3 does.
    init?(_ header: String) {
        guard header.hasPrefix("bytes=") else { return nil }
        let parts = header.dropFirst(6).trimmingSpaces
            .split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch (parts[0].isEmpty, parts[1].isEmpty) {
        case (true, false):
            guard let count = Self.number(parts[1]) else { return nil }
            self = .last(count)
        case (false, true):
            guard let start = Self.number(parts[0]) else { return nil }
            self = .from(start, to: nil)
        case (false, false):
            guard let start = Self.number(parts[0]), let end = Self.number(parts[1]), start <= end
            else { return nil }
            self = .from(start, to: end)
        case (true, true): return nil
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    /// What of so many bytes it is; nil where it lies behind them all.
    func resolve(in size: Int) -> Range<Int>? {
        switch self {
        case .from(let start, let end):
            guard start < size else { return nil }
            return start..<min(size, end.map { $0 == Int.max ? $0 : $0 + 1 } ?? size)
        case .last(let count):
            guard count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
    }
}

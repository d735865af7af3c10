/// Checks text that comes in pieces, and says at the first byte that cannot be UTF-8 that it is not
/// (RFC 3629; no surrogates, nothing overlong, nothing above U+10FFFF).
struct UTF8Check {
    /// How many bytes the character that was begun still needs.
    private var missing = 0
    /// What the next of them may be.
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether no character is left unfinished.
    var isComplete: Bool { missing == 0 }

    /// Takes the next piece.
    ///
    /// - Returns: whether all until now is UTF-8, or the beginning of it.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                index += Self.plainRun(bytes, from: index)
                guard index < bytes.count else { return true }
                guard begin(bytes[index]) else { return false }
            } else {
                guard range.contains(bytes[index]) else { return false }
                missing -= 1
                range = 0x80...0xBF
            }
            index += 1
        }
        return true
    }

    /// The length of the run of ASCII from an offset.
    private static func plainRun(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080
                == 0
        {
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index - start
    }

    /// A character's first byte, if it is longer than one.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF: missing = 2
        case 0xF0...0xF4: missing = 3
        default: return false
        }
        range =
            switch byte {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        return true
    }
}

/// One escape within a JSON string (RFC 8259 §7).
struct JSONEscape {
    let scalar: Unicode.Scalar
    /// How many bytes it takes in the string.
    let length: Int

    /// Reads the escape at an offset; nil where it is malformed, or half of a surrogate pair.
    init?(_ bytes: UnsafeRawBufferPointer, at index: Int) {
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\") else { return nil }
        let letter = bytes[index + 1]
        guard letter == UInt8(ascii: "u") else {
            guard let scalar = Self.scalar(of: letter) else { return nil }
            self.scalar = scalar
            length = 2
            return
        }
        guard let first = Self.unit(bytes, at: index + 2) else { return nil }
        if let scalar = Unicode.Scalar(first) {
            self.scalar = scalar
            length = 6
            return
        }
        guard first < 0xDC00, index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"),
            bytes[index + 7] == UInt8(ascii: "u"), let second = Self.unit(bytes, at: index + 8),
            (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return nil }
        self.scalar = scalar
        length = 12
    }

    private static func scalar(of letter: UInt8) -> Unicode.Scalar? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(letter)
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    /// The UTF-16 code unit of four hexadecimal digits.
    private static func unit(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for digit in bytes[index..<index + 4] {
            guard let value = digit.hexadecimalValue else { return nil }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }
}

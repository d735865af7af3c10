/// Base64, RFC 4648: §4 with padding, or §5 for URLs and file names, without.
///
/// Decoding is strict: one sequence of bytes has one spelling. So neither padding that is missing
/// or too much is accepted, nor bits set that stand for no byte (§3.5).
public enum Base64 {
    public enum Alphabet: Sendable {
        /// With `+` and `/`, padded with `=`.
        case standard
        /// With `-` and `_`, without padding, as tokens and JWTs have it.
        case url
    }

    public static func encode(_ bytes: [UInt8], as alphabet: Alphabet = .standard) -> String {
        let count = (bytes.count * 4 + 2) / 3
        let padding = alphabet == .standard ? (4 - count % 4) % 4 : 0
        return String(unsafeUninitializedCapacity: count + padding) { text in
            var (bits, left, place) = (0, 0, 0)
            for byte in bytes {
                bits = bits << 8 | Int(byte)
                left += 8
                while left >= 6 {
                    left -= 6
                    text[place] = character(bits >> left & 63, alphabet)
                    place += 1
                }
            }
            if left > 0 { text[place] = character(bits << (6 - left) & 63, alphabet) }
            for index in count..<(count + padding) { text[index] = UInt8(ascii: "=") }
            return count + padding
        }
    }

    /// The bytes; nil where the text is not what ``encode(_:as:)`` makes of any.
    public static func decode(_ text: String, as alphabet: Alphabet = .standard) -> [UInt8]? {
        var text = text
        return text.withUTF8 { characters in
            var characters = characters[...]
            if alphabet == .standard {
                guard characters.count % 4 == 0 else { return nil }
                for _ in 0..<2 where characters.last == UInt8(ascii: "=") {
                    characters.removeLast()
                }
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(characters.count * 3 / 4)
            var (bits, left) = (0, 0)
            for character in characters {
                guard let value = value(of: character, alphabet) else { return nil }
                bits = bits << 6 | value
                left += 6
                if left >= 8 {
                    left -= 8
                    bytes.append(UInt8(truncatingIfNeeded: bits >> left))
                }
            }
            return left < 6 && bits & (1 << left - 1) == 0 ? bytes : nil
        }
    }

    private static func character(_ value: Int, _ alphabet: Alphabet) -> UInt8 {
        switch value {
        case ..<26: UInt8(ascii: "A") + UInt8(value)
        case ..<52: UInt8(ascii: "a") + UInt8(value - 26)
        case ..<62: UInt8(ascii: "0") + UInt8(value - 52)
        case 62: UInt8(ascii: alphabet == .url ? "-" : "+")
        default: UInt8(ascii: alphabet == .url ? "_" : "/")
        }
    }

    private static func value(of character: UInt8, _ alphabet: Alphabet) -> Int? {
        switch (character, alphabet) {
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): Int(character) - 65
        case (UInt8(ascii: "a")...UInt8(ascii: "z"), _): Int(character) - 71
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): Int(character) + 4
        case (UInt8(ascii: "+"), .standard), (UInt8(ascii: "-"), .url): 62
        case (UInt8(ascii: "/"), .standard), (UInt8(ascii: "_"), .url): 63
        default: nil
        }
    }
}

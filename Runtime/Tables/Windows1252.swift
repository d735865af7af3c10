/// Windows-1252, in which spreadsheets of Western languages have long written CSV (WHATWG Encoding
/// §4; but what has no character in it is refused, and not made a control character).
enum Windows1252 {
    /// The characters of 0x80 to 0x9F; 0 where there is none.
    private static let characters: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]

    /// The text as UTF-8.
    ///
    /// - Throws: ``TableError`` with the line of a byte that stands for no character.
    static func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        var line = 1
        for byte in bytes {
            switch byte {
            case 0x0A:
                line += 1
                text.append(byte)
            case ..<0x80: text.append(byte)
            default:
                let isHigh = byte >= 0xA0
                let value = isHigh ? UInt32(byte) : characters[Int(byte) - 0x80]
                guard value != 0, let scalar = Unicode.Scalar(value) else {
                    throw TableError(
                        "The text is neither UTF-8 nor Windows-1252, which has no character "
                            + "\(String(byte, radix: 16, uppercase: true)); save it as \"CSV UTF-8\".",
                        at: "line \(line)")
                }
                text += UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
        return text
    }
}

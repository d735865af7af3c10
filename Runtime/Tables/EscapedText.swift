/// Texts as a workbook's XML holds them: characters that XML cannot hold are `_xHHHH_`, and so is the
/// underscore of a text that only looks so (`ST_Xstring`, ECMA-376 Part 1, §22.9.2.19).
enum EscapedText {
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
        let units = Array(text.utf16)
        var decoded: [UInt16] = []
        var place = 0
        while place < units.count {
            if let unit = escaped(units[place...]) {
                decoded.append(unit)
                place += 7
            } else {
                decoded.append(units[place])
                place += 1
            }
        }
        return String(decoding: decoded, as: UTF16.self)
    }

    /// The text for an element's content, with XML's own entities.
    static func encode(_ text: String) -> String {
        var encoded = ""
        let units = Array(text.utf16)
        var place = 0
        for scalar in text.unicodeScalars {
            defer { place += UTF16.width(scalar) }
            switch scalar {
            case "&": encoded += "&amp;"
            case "<": encoded += "&lt;"
            case ">": encoded += "&gt;"
            case "\t", "\n": encoded.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": encoded += escape(scalar.value)
            case "_" where escaped(units[place...]) != nil: encoded += escape(scalar.value)
            default: encoded.unicodeScalars.append(scalar)
            }
        }
        return encoded
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "_x\(String(repeating: "0", count: 4 - digits.count))\(digits)_"
    }

    /// The unit that an escape at the beginning stands for; nil where there is none.
    private static func escaped(_ units: ArraySlice<UInt16>) -> UInt16? {
        let head = units.prefix(7).map { $0 < 0x80 ? UInt8($0) : 0 }
        guard head.count == 7, head[0] == UInt8(ascii: "_"), head[1] == UInt8(ascii: "x"),
            head[6] == UInt8(ascii: "_"),
            head[2..<6].allSatisfy({ "0123456789ABCDEFabcdef".utf8.contains($0) })
        else { return nil }
        return UInt16(String(decoding: head[2..<6], as: UTF8.self), radix: 16)
    }
}

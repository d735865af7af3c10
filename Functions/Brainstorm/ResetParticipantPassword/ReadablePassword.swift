import FunctionCrypto

/// A password to be read out or copied from paper, such as `k7wd-93rm-xe0t-2bqh`: 80 random bits.
enum ReadablePassword {
    /// Those of Crockford's base 32, of which no two look alike.
    private static let characters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func make() throws -> String {
        let letters = try Random.bytes(16).map { characters[Int($0 & 31)] }
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(decoding: letters[$0..<($0 + 4)], as: UTF8.self) }
            .joined(separator: "-")
    }
}

import FunctionRuntime

/// A time of day to the minute, `00:00` to `23:59`; no text stands for none.
struct TimeOfDay: Decodable {
    let value: String

    init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", pattern: "^(([01][0-9]|2[0-3]):[0-5][0-9])?$"), placeholder: ""
        ) { json in
            guard let text = json.text, text.isEmpty || Self.accepts(Array(text.utf8)) else {
                throw Violation("Must be a time of day such as 16:00.")
            }
            return text
        }
    }

    private static func accepts(_ text: [UInt8]) -> Bool {
        guard text.count == 5, text[2] == UInt8(ascii: ":") else { return false }
        let digits = [0, 1, 3, 4].map { text[$0] }
        return digits.allSatisfy { (0x30...0x39).contains($0) }
            && (digits[0] - 0x30) * 10 + digits[1] - 0x30 < 24 && digits[2] < 0x36
    }
}

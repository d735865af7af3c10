/// Keeps a spreadsheet from taking a text of a CSV file for a formula, which could run programs or
/// send away what the sheet holds (OWASP, CSV Injection).
///
/// A text that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or a line feed, or with one
/// of the first four in full width, behind spaces or not, gets an apostrophe before it. So does one
/// that has apostrophes before such a text: thus what ``strip(_:)`` takes away is exactly what
/// ``guarded(_:)`` has added, whatever the text.
enum FormulaGuard {
    static func guarded(_ text: String) -> String {
        isDangerous(text) ? "'" + text : text
    }

    static func strip(_ text: String) -> String {
        text.utf8.first == apostrophe && isDangerous(text)
            ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static let apostrophe = UInt8(ascii: "'")

    private static func isDangerous(_ text: String) -> Bool {
        let rest = text.unicodeScalars.drop { $0 == "'" }.drop { $0 == " " || $0 == "\u{A0}" }
        switch rest.first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}":
            return true
        default: return false
        }
    }
}

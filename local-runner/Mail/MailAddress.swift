/// A mailbox, as `email@example.com` or `Name <email@example.com>`.
struct MailAddress: Sendable {
    /// What stands before the brackets; empty where there is nothing.
    var name: String
    var address: String

    /// Reads it; nil where it is neither form.
    init?(_ text: String) {
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            return nil
        }
        if text.hasSuffix(">") {
            guard let start = text.lastIndex(of: "<") else { return nil }
            name = text[..<start].trimmingSpaces
            address = String(text[text.index(after: start)...].dropLast())
            guard !name.contains(where: { "<>".contains($0) }) else { return nil }
        } else {
            name = ""
            address = text.trimmingSpaces
        }
        guard Self.isAddress(address) else { return nil }
    }

    /// Whether a text is a dot-atom, an at sign and a domain of two labels or more.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, parts[0].utf8.count <= 64 else {
            return false
        }
        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isInAtom) }
            && labels.count > 1 && labels.allSatisfy(isLabel)
    }

    private static func isInAtom(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

import FunctionRuntime

/// JSON as YAML in blocks (YAML 1.2 §8), in the order that it has.
///
/// Keys and texts that YAML 1.1 or 1.2 could take for something else are quoted as JSON quotes them,
/// which is YAML too.
enum YAMLText {
    /// The text of a document.
    static func of(_ document: JSON) -> String {
        var text = ""
        write(document, to: &text, indentation: "")
        return text
    }

    /// Writes a collection that is not empty line by line, and ends each line.
    private static func write(_ value: JSON, to text: inout String, indentation: String) {
        switch value {
        case .object(let members):
            for member in members {
                text += indentation + scalar(member.name) + ":"
                writeValue(member.value, to: &text, indentation: indentation)
            }
        case .array(let elements):
            for element in elements {
                text += indentation + "-"
                guard isBlock(element) else {
                    text += " \(inline(element))\n"
                    continue
                }
                // The first line of the element follows the dash.
                var block = ""
                write(element, to: &block, indentation: indentation + "  ")
                text += " " + block.dropFirst(indentation.count + 2)
            }
        default: text += indentation + inline(value) + "\n"
        }
    }

    private static func writeValue(_ value: JSON, to text: inout String, indentation: String) {
        guard isBlock(value) else {
            text += " \(inline(value))\n"
            return
        }
        text += "\n"
        write(value, to: &text, indentation: indentation + "  ")
    }

    /// Whether a value takes lines of its own.
    private static func isBlock(_ value: JSON) -> Bool {
        switch value {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }

    private static func inline(_ value: JSON) -> String {
        if case .string(let text) = value { return scalar(text) }
        return String(decoding: value.bytes, as: UTF8.self)
    }

    /// A text, quoted where it must be.
    private static func scalar(_ text: String) -> String {
        isPlain(text) ? text : String(decoding: JSON.string(text).bytes, as: UTF8.self)
    }

    private static func isPlain(_ text: String) -> Bool {
        let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "/"),
            !words.contains(text.lowercased()), text.utf8.last != UInt8(ascii: ":")
        else { return false }
        // A colon with no space behind it is part of a text; within JSON-like braces it is not, and
        // nothing here is written so.
        return text.utf8.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || "/:._-".utf8.contains($0)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }
}

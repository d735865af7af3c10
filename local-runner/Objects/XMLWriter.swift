/// Writes the XML of answers; all text is escaped.
struct XMLWriter {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    /// A document with one element around all.
    static func document(
        _ root: String, isQualified: Bool = true, _ content: (inout XMLWriter) -> Void
    ) -> String {
        var writer = XMLWriter()
        writer.text += isQualified ? "<\(root) xmlns=\"\(namespace)\">" : "<\(root)>"
        content(&writer)
        writer.text += "</\(root)>"
        return writer.text
    }

    mutating func element(_ name: String, _ content: (inout XMLWriter) -> Void) {
        text += "<\(name)>"
        content(&self)
        text += "</\(name)>"
    }

    mutating func element(_ name: String, _ value: String) {
        text += "<\(name)>"
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            // A parser would make a line feed of the one; the others only a reference can name.
            case "\0": text += "\u{FFFD}"
            case "\r", "\u{1}"..<"\t", "\u{B}"..<"\r", "\u{E}"..<" ":
                text += "&#x\(String(scalar.value, radix: 16));"
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "</\(name)>"
    }

    mutating func element(_ name: String, _ value: Int) { element(name, String(value)) }
    mutating func element(_ name: String, _ value: Bool) { element(name, String(value)) }

    /// Only where there is a value.
    mutating func optional(_ name: String, _ value: String?) {
        if let value { element(name, value) }
    }
}

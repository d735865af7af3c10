import FunctionRuntime

extension JSON {
    /// The value over several lines, for people.
    var pretty: String {
        var text = ""
        write(to: &text, indentation: "")
        return text
    }

    private func write(to text: inout String, indentation: String) {
        switch self {
        case .array(let values) where !values.isEmpty:
            Self.write(values, "[", "]", to: &text, indentation) { value, text, inner in
                value.write(to: &text, indentation: inner)
            }
        case .object(let members) where !members.isEmpty:
            Self.write(members, "{", "}", to: &text, indentation) { member, text, inner in
                text += String(decoding: JSON.string(member.name).bytes, as: UTF8.self) + ": "
                member.value.write(to: &text, indentation: inner)
            }
        default: text += String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String,
        _ indentation: String, _ write: (Element, inout String, String) -> Void
    ) {
        let inner = indentation + "  "
        text += open
        for (index, element) in elements.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + inner
            write(element, &text, inner)
        }
        text += "\n" + indentation + close
    }
}

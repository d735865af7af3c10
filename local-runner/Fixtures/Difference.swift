import FunctionRuntime

/// One place where an answer is not what was expected.
struct Difference: Sendable, Equatable, CustomStringConvertible {
    /// Where, such as `json.data[0].title`.
    var path: String
    var expected: String
    var found: String

    var description: String {
        "\(path)\n        expected  \(expected)\n        found     \(found)"
    }
}

/// Collects the differences between what is expected, with its placeholders, and what was found.
struct Comparison {
    private(set) var differences: [Difference] = []

    init() {}

    /// Compares JSON: members in any order but none more, numbers by their digits.
    ///
    /// `"<any>"` expects anything; `"..."` as the last element of an array, any further elements.
    mutating func compare(_ expected: JSON, _ found: JSON, at path: String) {
        switch (expected, found) {
        case (.string("<any>"), _): break
        case (.object(let expected), .object(let found)):
            compare(members: expected, found, at: path)
        case (.array(let expected), .array(let found)):
            compare(elements: expected, found, at: path)
        case (.string(let text), .string(let found)) where Template(text).matches(found): break
        case (.string(let text), .number(let digits))
        where Template(text).acceptsNumbers && Template(text).matches(digits): break
        default: if expected != found { note(path, expected.words, found.words) }
        }
    }

    /// Compares a text, which may hold placeholders.
    mutating func compare(_ expected: String, _ found: String, at path: String) {
        if !Template(expected).matches(found) {
            note(path, JSON.string(expected).words, JSON.string(found).words)
        }
    }

    mutating func note(_ path: String, _ expected: String, _ found: String) {
        differences.append(Difference(path: path, expected: expected, found: found))
    }

    private mutating func compare(
        members expected: [JSON.Member], _ found: [JSON.Member], at path: String
    ) {
        for member in expected {
            let path = "\(path).\(member.name)"
            let values = found.filter { $0.name == member.name }.map(\.value)
            switch values.count {
            case 0: note(path, member.value.words, "nothing")
            case 1: compare(member.value, values[0], at: path)
            default: note(path, member.value.words, "the member \(values.count) times")
            }
        }
        for member in found where !expected.contains(where: { $0.name == member.name }) {
            note("\(path).\(member.name)", "nothing", member.value.words)
        }
    }

    private mutating func compare(elements expected: [JSON], _ found: [JSON], at path: String) {
        let isOpen = expected.last == "..."
        let wanted = isOpen ? expected.dropLast() : expected[...]
        for (index, value) in wanted.enumerated() {
            if index < found.count {
                compare(value, found[index], at: "\(path)[\(index)]")
            } else {
                note("\(path)[\(index)]", value.words, "nothing")
            }
        }
        guard !isOpen else { return }
        for (index, value) in found.enumerated().dropFirst(wanted.count) {
            note("\(path)[\(index)]", "nothing", value.words)
        }
    }
}

extension JSON {
    /// The value in one line, cut where it is long, for messages.
    var words: String {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.count > 300 ? text.prefix(300) + "…" : text
    }
}

import FunctionRuntime

/// A request's body, or an entry of it, read member by member as the protocol's types say.
struct QueueInput {
    let json: JSON

    init(_ json: JSON) {
        self.json = json
    }

    private func value(_ name: String) -> JSON? {
        guard let value = json[name], value != .null else { return nil }
        return value
    }

    private static func wrong(_ name: String, _ wanted: String) -> QueueError {
        .malformed("The value of \(name) cannot be converted to \(wanted).")
    }

    func text(_ name: String) throws -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw Self.wrong(name, "String") }
        return text
    }

    /// - Throws: ``QueueError`` where it is missing or empty.
    func required(_ name: String) throws -> String {
        guard let text = try text(name), !text.isEmpty else { throw QueueError.missing(name) }
        return text
    }

    func integer(_ name: String) throws -> Int? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value, let number = Int(text) else {
            throw Self.wrong(name, "Integer")
        }
        return number
    }

    /// - Throws: ``QueueError`` where it is outside of a range.
    func integer(_ name: String, in range: ClosedRange<Int>, _ reason: String) throws -> Int? {
        guard let number = try integer(name) else { return nil }
        guard range.contains(number) else {
            throw QueueError.invalidValue(number, of: name, reason)
        }
        return number
    }

    func array(_ name: String) throws -> [JSON] {
        guard let value = value(name) else { return [] }
        guard case .array(let values) = value else { throw Self.wrong(name, "List") }
        return values
    }

    func texts(_ name: String) throws -> [String] {
        try array(name).map { value in
            guard case .string(let text) = value else { throw Self.wrong(name, "List of String") }
            return text
        }
    }

    func members(_ name: String) throws -> [JSON.Member] {
        guard let value = value(name) else { return [] }
        guard case .object(let members) = value else { throw Self.wrong(name, "Map") }
        return members
    }

    /// The members of an object of texts.
    func map(_ name: String) throws -> [(name: String, value: String)] {
        try members(name).map { member in
            guard case .string(let text) = member.value else {
                throw Self.wrong("\(name).\(member.name)", "String")
            }
            return (member.name, text)
        }
    }

    /// The entries of a batch, each with an id of its own.
    ///
    /// - Throws: ``QueueError`` where there is none or more than ten, or the ids are not right.
    func entries(of kind: String) throws -> [(id: String, input: QueueInput)] {
        let values = try array("Entries")
        guard !values.isEmpty else { throw QueueError.emptyBatch(of: kind) }
        guard values.count <= 10 else { throw QueueError.tooManyEntries(values.count) }
        var seen: Set<String> = []
        return try values.map { value in
            guard case .object = value else { throw Self.wrong("Entries", "List of \(kind)") }
            let input = QueueInput(value)
            let id = try input.text("Id") ?? ""
            guard QueueAddress.isName(id) else { throw QueueError.invalidEntryID }
            guard seen.insert(id).inserted else { throw QueueError.repeatedEntryID(id) }
            return (id, input)
        }
    }
}

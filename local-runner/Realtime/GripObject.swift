import FunctionRuntime
import NIOCore

/// What is wrong with something that speaks GRIP, as a sentence.
struct GripProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A JSON object of GRIP, and the place where it stands, which errors name.
struct GripObject {
    let json: JSON
    let place: String

    init(_ json: JSON, _ place: String) throws(GripProblem) {
        guard case .object = json else { throw GripProblem("\(place) must be an object.") }
        self.json = json
        self.place = place
    }

    /// Refuses members of other names.
    func allow(_ names: Set<String>) throws(GripProblem) {
        guard case .object(let members) = json else { return }
        for member in members where !names.contains(member.name) {
            throw GripProblem("\(place) has \"\(member.name)\", which is not supported here.")
        }
    }

    func text(_ name: String) throws(GripProblem) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.text else { throw GripProblem("\(place).\(name) must be a string.") }
        return text
    }

    func requiredText(_ name: String) throws(GripProblem) -> String {
        guard let text = try text(name), !text.isEmpty else {
            throw GripProblem("\(place) needs \"\(name)\", a string that is not empty.")
        }
        return text
    }

    func wholeNumber(_ name: String, in range: ClosedRange<Int>) throws(GripProblem) -> Int? {
        guard let value = json[name] else { return nil }
        guard case .number(let text) = value, let number = Int(text), range.contains(number) else {
            throw GripProblem(
                "\(place).\(name) must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound).")
        }
        return number
    }

    func bool(_ name: String) throws(GripProblem) -> Bool? {
        guard let value = json[name] else { return nil }
        guard case .bool(let isTrue) = value else {
            throw GripProblem("\(place).\(name) must be true or false.")
        }
        return isTrue
    }

    func object(_ name: String) throws(GripProblem) -> GripObject? {
        guard let value = json[name] else { return nil }
        return try GripObject(value, "\(place).\(name)")
    }

    /// The bytes of a member, whether it is a text or, as `…-bin`, base64.
    func content(_ name: String) throws(GripProblem) -> [UInt8]? {
        guard let text = try text(name + "-bin") else {
            return try self.text(name).map { Array($0.utf8) }
        }
        guard let bytes = Base64.decode(text) else {
            throw GripProblem("\(place).\(name)-bin must be base64.")
        }
        return bytes
    }

    /// A response that somebody describes: `code`, `reason`, `headers`, `body` or `body-bin`.
    ///
    /// The reason is not sent: HTTP/1.1 says that clients ignore it (RFC 9112 §4).
    func answer() throws(GripProblem) -> (answer: Answer, fieldNames: Set<String>) {
        try allow(["action", "code", "reason", "headers", "body", "body-bin"])
        var answer = Answer(status: try wholeNumber("code", in: 200...599) ?? 200)
        _ = try text("reason")
        var names: Set<String> = []
        for (name, value) in try headers() {
            guard answer.add(name: name, value: value) else {
                throw GripProblem("\(place).headers has \"\(name)\", which cannot be sent.")
            }
            names.insert(name.lowercased())
        }
        answer.instructions = []
        answer.hasInstruction = false
        answer.statedLength = nil
        if let body = try content("body") { answer.body = .bytes(ByteBuffer(bytes: body)) }
        return (answer, names)
    }

    /// Pairs in an array, or members of an object.
    private func headers() throws(GripProblem) -> [(name: String, value: String)] {
        let wrong = GripProblem(
            "\(place).headers must be an object of strings, or an array of pairs of strings.")
        var headers: [(name: String, value: String)] = []
        switch json["headers"] {
        case nil: break
        case .object(let members)?:
            for member in members {
                guard let value = member.value.text else { throw wrong }
                headers.append((member.name, value))
            }
        case .array(let pairs)?:
            for pair in pairs {
                guard case .array(let pair) = pair, pair.count == 2, let name = pair[0].text,
                    let value = pair[1].text
                else { throw wrong }
                headers.append((name, value))
            }
        default: throw wrong
        }
        return headers
    }
}

extension Answer {
    /// Adds a field that somebody gave; false where it cannot be sent.
    fileprivate mutating func add(name: String, value: String) -> Bool {
        var (name, value) = (name, value)
        return name.withUTF8 { name in
            value.withUTF8 { value in
                add(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            }
        }
    }
}

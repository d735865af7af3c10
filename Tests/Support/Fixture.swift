public import FunctionRuntime

/// One call of a function: what is there before, the request, the answer, what is there after.
///
/// `Tests/README.md` has the format.
public struct Fixture: Sendable {
    /// What the case shows, where its name does not say it all.
    public var summary: String?
    /// Kinds of case that cannot exist for the function, each with the reason.
    public var lacks: [String: String] = [:]
    /// Statements run before, each on its own.
    public var given: [String] = []
    /// Variables set for the function over what the app declares; nil takes one away.
    public var environment: [String: String?] = [:]
    /// The request of stdin-JSON, as it stands in the file.
    public var request: JSON
    public var response: Expectation
    public var after: [Check] = []

    /// What must come back.
    ///
    /// Headers that it does not name may be there.
    public struct Expectation: Sendable {
        public var status: Int
        /// The values of each header's lines; none where the header must be absent.
        public var headers: [(name: String, values: [String])] = []
        public var body: Body
        /// Of a function that a queue triggers: the ids of the messages to be delivered again.
        public var failed: [String] = []
    }

    /// What the body must be.
    public enum Body: Sendable {
        case none
        case json(JSON)
        case text(String)
    }
}

extension Fixture {
    init(json: JSON) throws {
        var members = try Members(json, of: "A fixture")
        summary = try members.text("summary")
        lacks = try Self.reasons(members.take("lacks"))
        given = try members.texts("given")
        environment = try Self.variables(members.take("environment"))
        guard case .object(let request)? = members.take("request") else {
            throw TestError("A fixture needs an object \"request\".")
        }
        self.request = .object(request)
        guard let response = members.take("response") else {
            throw TestError("A fixture needs an object \"response\".")
        }
        self.response = try Expectation(json: response)
        after = try members.values("after").map(Check.init)
        try members.end()
    }

    private static func reasons(_ json: JSON?) throws -> [String: String] {
        var members = try Members(json ?? [:], of: "\"lacks\"")
        var reasons: [String: String] = [:]
        for kind in Kind.allCases { reasons[kind.rawValue] = try members.text(kind.rawValue) }
        try members.end()
        return reasons
    }

    private static func variables(_ json: JSON?) throws -> [String: String?] {
        guard case .object(let members) = json ?? [:] else {
            throw TestError("\"environment\" must be an object.")
        }
        return try Dictionary(
            members.map { member in
                guard member.value == .null || member.value.text != nil else {
                    throw TestError("The variable \(member.name) must be a text or null.")
                }
                return (member.name, member.value.text)
            }, uniquingKeysWith: { $1 })
    }
}

extension Fixture.Expectation {
    init(json: JSON) throws {
        var members = try Members(json, of: "\"response\"")
        guard case .number(let text)? = members.take("status"), let status = Int(text) else {
            throw TestError("\"response\" needs a number \"status\".")
        }
        self.status = status
        guard case .object(let headers) = members.take("headers") ?? [:] else {
            throw TestError("\"headers\" must be an object.")
        }
        self.headers = try headers.map { header in
            switch header.value {
            case .string(let text): return (header.name, [text])
            case .null: return (header.name, [])
            case .array(let lines): return (header.name, lines.compactMap(\.text))
            default:
                throw TestError("The header \(header.name) must be a text, texts or null.")
            }
        }
        switch (members.take("json"), try members.text("body")) {
        case (let json?, nil): body = .json(json)
        case (nil, let text?): body = .text(text)
        case (nil, nil): body = .none
        default: throw TestError("\"response\" has both \"json\" and \"body\"; it takes one.")
        }
        failed = try members.texts("failed")
        try members.end()
    }
}

/// The members of an object, each to be taken once; what is left at the end is an error, so that a
/// misspelt member is not ignored.
struct Members {
    private let owner: String
    private var rest: [JSON.Member]

    init(_ json: JSON, of owner: String) throws {
        guard case .object(let members) = json else {
            throw TestError("\(owner) must be an object, not \(json.words).")
        }
        self.owner = owner
        rest = members
    }

    mutating func take(_ name: String) -> JSON? {
        guard let index = rest.firstIndex(where: { $0.name == name }) else { return nil }
        return rest.remove(at: index).value
    }

    mutating func text(_ name: String) throws -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.text else { throw TestError("\"\(name)\" must be a text.") }
        return text
    }

    /// An array that must be there.
    mutating func array(_ name: String) throws -> JSON {
        guard case .array(let values)? = take(name) else {
            throw TestError("\(owner) needs an array \"\(name)\".")
        }
        return .array(values)
    }

    /// The values of an array; none where it is left out.
    mutating func values(_ name: String) throws -> [JSON] {
        guard case .array(let values) = take(name) ?? [] else {
            throw TestError("\"\(name)\" must be an array.")
        }
        return values
    }

    mutating func texts(_ name: String) throws -> [String] {
        try values(name).map { value in
            guard let text = value.text else {
                throw TestError("\"\(name)\" must hold texts, not \(value.words).")
            }
            return text
        }
    }

    func end() throws {
        guard rest.isEmpty else {
            let names = rest.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw TestError("\(owner) has a member that means nothing, or has it twice: \(names).")
        }
    }
}

import FunctionRuntime

/// One call of a function: what is there before, the request, the answer, what is there after.
///
/// `Tests/README.md` has the format.
struct Fixture: Sendable {
    /// What the case shows, where its name does not say it all.
    var summary: String?
    /// Kinds of case that cannot exist for the function, each with the reason.
    var lacks: [String: String] = [:]
    /// Statements run before, each on its own.
    var given: [String] = []
    /// Variables set for the function over what the app declares; nil takes one away.
    var environment: [String: String?] = [:]
    /// The request of stdin-JSON, as it stands in the file.
    var request: JSON
    var response: Expectation
    var after: [Check] = []

    /// What must come back.
    ///
    /// Headers that it does not name may be there.
    struct Expectation: Sendable {
        var status: Int
        /// The values of each header's lines; none where the header must be absent.
        var headers: [(name: String, values: [String])] = []
        var body: Body
        /// Of a function that a queue triggers: the ids of the messages to be delivered again.
        var failed: [String] = []
    }

    /// What the body must be.
    enum Body: Sendable {
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
            throw RunnerError("A fixture needs an object \"request\".")
        }
        self.request = .object(request)
        guard let response = members.take("response") else {
            throw RunnerError("A fixture needs an object \"response\".")
        }
        self.response = try Expectation(json: response)
        after = try members.values("after").map(Check.init)
        try members.end()
    }

    private static func reasons(_ json: JSON?) throws -> [String: String] {
        var members = try Members(json ?? [:], of: "\"lacks\"")
        var reasons: [String: String] = [:]
        for kind in FixtureKind.allCases {
            reasons[kind.rawValue] = try members.text(kind.rawValue)
        }
        try members.end()
        return reasons
    }

    private static func variables(_ json: JSON?) throws -> [String: String?] {
        guard case .object(let members) = json ?? [:] else {
            throw RunnerError("\"environment\" must be an object.")
        }
        return try Dictionary(
            members.map { member in
                guard member.value == .null || member.value.text != nil else {
                    throw RunnerError("The variable \(member.name) must be a text or null.")
                }
                return (member.name, member.value.text)
            }, uniquingKeysWith: { $1 })
    }
}

extension Fixture.Expectation {
    init(json: JSON) throws {
        var members = try Members(json, of: "\"response\"")
        guard case .number(let text)? = members.take("status"), let status = Int(text) else {
            throw RunnerError("\"response\" needs a number \"status\".")
        }
        self.status = status
        guard case .object(let headers) = members.take("headers") ?? [:] else {
            throw RunnerError("\"headers\" must be an object.")
        }
        self.headers = try headers.map { header in
            switch header.value {
            case .string(let text): return (header.name, [text])
            case .null: return (header.name, [])
            case .array(let lines): return (header.name, lines.compactMap(\.text))
            default:
                throw RunnerError("The header \(header.name) must be a text, texts or null.")
            }
        }
        switch (members.take("json"), try members.text("body")) {
        case (let json?, nil): body = .json(json)
        case (nil, let text?): body = .text(text)
        case (nil, nil): body = .none
        default: throw RunnerError("\"response\" has both \"json\" and \"body\"; it takes one.")
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
            throw RunnerError("\(owner) must be an object, not \(json.words).")
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
        guard let text = value.text else { throw RunnerError("\"\(name)\" must be a text.") }
        return text
    }

    /// An array that must be there.
    mutating func array(_ name: String) throws -> JSON {
        guard case .array(let values)? = take(name) else {
            throw RunnerError("\(owner) needs an array \"\(name)\".")
        }
        return .array(values)
    }

    /// The values of an array; none where it is left out.
    mutating func values(_ name: String) throws -> [JSON] {
        guard case .array(let values) = take(name) ?? [] else {
            throw RunnerError("\"\(name)\" must be an array.")
        }
        return values
    }

    mutating func texts(_ name: String) throws -> [String] {
        try values(name).map { value in
            guard let text = value.text else {
                throw RunnerError("\"\(name)\" must hold texts, not \(value.words).")
            }
            return text
        }
    }

    func end() throws {
        guard rest.isEmpty else {
            let names = rest.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw RunnerError(
                "\(owner) has a member that means nothing, or has it twice: \(names).")
        }
    }
}

import FunctionRuntime

extension Fixture.Expectation {
    /// Where an answer is not as expected.
    func differences(from answer: FunctionAnswer) -> [Difference] {
        var comparison = Comparison()
        if answer.omissions.contains(.response) {
            compareSuccess(of: answer, below: 400, &comparison)
            if answer.status < 400 { compareFailed(of: answer, &comparison) }
            return comparison.differences
        }
        if answer.omissions.contains(.head) {
            compareSuccess(of: answer, below: 500, &comparison)
        } else {
            compareHead(of: answer, &comparison)
        }
        compareFailed(of: answer, &comparison)
        compareBody(of: answer, &comparison)
        return comparison.differences
    }

    private func compareFailed(of answer: FunctionAnswer, _ comparison: inout Comparison) {
        comparison.compare(
            .array(failed.map(JSON.string)), .array(answer.failed.map(JSON.string)), at: "failed")
    }

    private func compareBody(of answer: FunctionAnswer, _ comparison: inout Comparison) {
        switch body {
        case .none: comparison.compare("", answer.text, at: "body")
        case .text(let text): comparison.compare(text, answer.text, at: "body")
        case .json(let json):
            if let found = try? JSON(parsing: answer.body) {
                comparison.compare(json, found, at: "json")
            } else {
                comparison.note("json", json.words, JSON.string(answer.text).words)
            }
        }
    }

    private func compareHead(of answer: FunctionAnswer, _ comparison: inout Comparison) {
        if status != answer.status {
            comparison.note("status", String(status), String(answer.status))
        }
        for (name, values) in headers {
            comparison.compare(
                .array(values.map(JSON.string)), .array(answer.headers.all(name).map(JSON.string)),
                at: "headers.\(name)")
        }
        let type = answer.headers["content-type"] ?? "nothing"
        if case .json = body, !type.hasPrefix("application/json") {
            comparison.note("headers.content-type", "application/json", type)
        }
    }

    /// Compares whether it went well.
    private func compareSuccess(
        of answer: FunctionAnswer, below limit: Int, _ comparison: inout Comparison
    ) {
        if (status < limit) != (answer.status < limit) {
            comparison.note("status", String(status), String(answer.status))
        }
    }

    /// Where two answers, both as expected, still differ though no placeholder allows it.
    ///
    /// - Parameters:
    ///   - one: the answer of one host.
    ///   - other: that of another.
    /// - Returns: the first as what is expected, the second as what was found.
    func disagreements(_ one: FunctionAnswer, _ other: FunctionAnswer) -> [Difference] {
        let omissions = one.omissions.union(other.omissions)
        guard !omissions.contains(.response) else { return [] }
        var comparison = Comparison()
        let fields = omissions.contains(.head) ? [] : one.headers.fields + other.headers.fields
        let names = fields.map(\.name)
        for name in Set(names).sorted() where !isOpen(header: name) {
            let (left, right) = (one.headers.all(name), other.headers.all(name))
            if left != right {
                comparison.note("headers.\(name)", "\(left)", "\(right)")
            }
        }
        if !isBodyOpen, one.body != other.body {
            comparison.note(
                "body", JSON.string(one.text).words, JSON.string(other.text).words)
        }
        return comparison.differences
    }

    private func isOpen(header name: String) -> Bool {
        headers.contains { header in
            header.name.lowercased() == name && header.values.contains { Template($0).isOpen }
        }
    }

    private var isBodyOpen: Bool {
        switch body {
        case .none: false
        case .text(let text): Template(text).isOpen
        case .json(let json): json.isOpen
        }
    }
}

extension JSON {
    /// Whether a placeholder stands anywhere in it.
    fileprivate var isOpen: Bool {
        switch self {
        case .string(let text): text == "<any>" || text == "..." || Template(text).isOpen
        case .array(let values): values.contains(where: \.isOpen)
        case .object(let members): members.contains(where: \.value.isOpen)
        default: false
        }
    }
}

import FunctionRuntime

extension Fixture.Expectation {
    /// Where an answer is not as expected.
    ///
    /// - Parameter omissions: what its host does not carry, and is not compared.
    func differences(
        from answer: FunctionAnswer, omitting omissions: Omissions = []
    ) -> [Difference] {
        var comparison = Comparison()
        if omissions.contains(.head) {
            compareSuccess(of: answer, &comparison)
        } else {
            compareHead(of: answer, &comparison)
        }
        comparison.compare(
            .array(failed.map(JSON.string)), .array(answer.failed.map(JSON.string)), at: "failed")
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
        return comparison.differences
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

    /// Compares whether the function has failed.
    private func compareSuccess(of answer: FunctionAnswer, _ comparison: inout Comparison) {
        let words = { status in status < 500 ? "below 500" : "500 or more" }
        if words(status) != words(answer.status) {
            comparison.note("status", words(status), words(answer.status))
        }
    }

    /// Where two answers, both as expected, still differ though no placeholder allows it.
    ///
    /// - Parameters:
    ///   - one: the answer of one host.
    ///   - other: that of another.
    ///   - omissions: what either host does not carry.
    /// - Returns: the first as what is expected, the second as what was found.
    func disagreements(
        _ one: FunctionAnswer, _ other: FunctionAnswer, omitting omissions: Omissions = []
    ) -> [Difference] {
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

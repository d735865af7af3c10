import FunctionRuntime

extension Fixture {
    /// What must be there afterwards.
    enum Check: Sendable {
        /// A query, and the rows that it must give, each an array of values or an object that names
        /// the columns.
        case rows(sql: String, JSON)
        /// A queue's messages in the order in which they were sent.
        case messages(queue: String, JSON)
        /// The mails that were sent, oldest first.
        case mails(JSON)
        /// An object's content; nil where there must be none.
        case object(bucket: String, key: String, content: String?)
    }
}

extension Fixture.Check {
    init(json: JSON) throws {
        var members = try Members(json, of: "A check in \"after\"")
        if let sql = try members.text("sql") {
            self = .rows(sql: sql, try members.array("rows"))
        } else if let queue = try members.text("queue") {
            self = .messages(queue: queue, try members.array("messages"))
        } else if let path = try members.text("object") {
            let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
            let content = members.take("content")
            guard parts.count == 2, let content, content == .null || content.text != nil else {
                throw RunnerError(
                    "An object is checked by \"object\", its bucket and key, and \"content\".")
            }
            self = .object(bucket: parts[0], key: parts[1], content: content.text)
        } else {
            self = .mails(try members.array("mails"))
        }
        try members.end()
    }

    /// Compares what is there with what is expected.
    ///
    /// - Parameters:
    ///   - scope: whose queues, buckets and mails they are.
    ///   - sandbox: has their services.
    ///   - query: gives the rows of a query, each with its columns in order.
    ///   - path: of the check in the fixture.
    ///   - comparison: gets the differences.
    /// - Throws: where something cannot be looked at.
    func compare(
        in scope: String, of sandbox: Sandbox, query: (String) throws -> [[JSON.Member]],
        at path: String,
        _ comparison: inout Comparison
    ) throws {
        switch self {
        case .rows(let sql, let rows):
            let isNamed =
                if case .array(let rows) = rows, case .object? = rows.first { true } else { false }
            let found = try query(sql).map { isNamed ? JSON.object($0) : .array($0.map(\.value)) }
            comparison.compare(rows, .array(found), at: path + ".rows")
        case .messages(let queue, let messages):
            let found = try sandbox.services().messages(in: queue, of: scope)
            comparison.compare(messages, .array(found), at: path + ".messages")
        case .mails(let mails):
            let found = try sandbox.services().mails(of: scope)
            comparison.compare(mails, .array(found), at: path + ".mails")
        case .object(let bucket, let key, let content):
            let bytes = try sandbox.services().object(key, in: bucket, of: scope)
            let found = bytes.map { JSON.string($0.asText) } ?? .null
            comparison.compare(
                content.map(JSON.string) ?? .null, found, at: path + ".content")
        }
    }
}

import Foundation
import FunctionRuntime

/// Making, finding, describing and removing queues.
extension QueueService {
    func createQueue(_ input: QueueInput, host: String) throws -> JSON {
        let name = try input.required("QueueName")
        let attributes = try input.map("Attributes")
        guard !name.hasSuffix(".fifo"), !attributes.contains(where: { $0.name == "FifoQueue" })
        else {
            throw QueueError.unsupported(
                "FIFO queues are not emulated: only standard queues are, and \(name) asks for one.")
        }
        guard try input.members("tags").isEmpty else {
            throw QueueError.unsupported("Tags of queues are not emulated.")
        }
        try createQueue(name, attributes)
        return ["QueueUrl": .string(QueueAddress.url(of: name, host: host))]
    }

    /// Makes a queue, unless it is there with the same attributes.
    func createQueue(_ name: String, _ attributes: [(name: String, value: String)]) throws {
        guard QueueAddress.isName(name) else {
            throw QueueError.invalidParameter(
                """
                Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length
                """)
        }
        let now = clock.now
        try store.write { database in
            if var queue = try database.queue(named: name) {
                if let changed = try queue.settings.set(attributes).first {
                    throw QueueError.queueNameExists(differing: changed)
                }
                return
            }
            var settings = QueueSettings()
            _ = try settings.set(attributes)
            try Self.checkRedrive(settings, of: name, database)
            try database.insertQueue(name, settings, at: now)
        }
    }

    func queueURL(_ input: QueueInput, host: String) throws -> JSON {
        let name = try input.required("QueueName")
        let owner = try input.text("QueueOwnerAWSAccountId") ?? QueueAddress.account
        guard owner == QueueAddress.account else { throw QueueError.queueDoesNotExist }
        _ = try store.write { try $0.existingQueue(name) }
        return ["QueueUrl": .string(QueueAddress.url(of: name, host: host))]
    }

    func listQueues(_ input: QueueInput, host: String) throws -> JSON {
        let prefix = try input.text("QueueNamePrefix") ?? ""
        let page = try Page(input)
        let queues = try store.write {
            try $0.queues(prefix: prefix, after: page.after, limit: page.limit + 1)
        }
        return page.json("QueueUrls", queues, host: host)
    }

    func deadLetterSources(_ input: QueueInput, host: String) throws -> JSON {
        let page = try Page(input)
        let name = try queueName(input)
        let queues = try store.write { database in
            let queue = try database.existingQueue(name)
            return try database.queues(
                deadLettersTo: queue.arn, after: page.after, limit: page.limit + 1)
        }
        return page.json("queueUrls", queues, host: host)
    }

    func attributes(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let names = try input.texts("AttributeNames")
        if let unknown = names.first(where: { !Self.attributeNames.contains($0) }) {
            throw QueueError.unknownAttribute(unknown)
        }
        let wantsCounts = names.contains { $0 == "All" || $0.hasPrefix("Approximate") }
        let now = clock.now
        let (queue, counts) = try store.write { database in
            let queue = try database.existingQueue(name)
            let counts =
                wantsCounts ? try database.counts(of: queue, at: now) : MessageCounts()
            return (queue, counts)
        }
        let attributes =
            queue.settings.attributes + [
                ("QueueArn", queue.arn),
                ("CreatedTimestamp", String(queue.createdAt / 1000)),
                ("LastModifiedTimestamp", String(queue.modifiedAt / 1000)),
                ("ApproximateNumberOfMessages", String(counts.visible)),
                ("ApproximateNumberOfMessagesNotVisible", String(counts.inFlight)),
                ("ApproximateNumberOfMessagesDelayed", String(counts.delayed)),
            ]
        let wanted = attributes.filter { names.contains("All") || names.contains($0.name) }
        guard !wanted.isEmpty else { return .object([]) }
        return ["Attributes": .object(wanted.map { .init($0.name, .string($0.value)) })]
    }

    /// Whatever may be asked for, though a standard queue does not have all of them.
    private static let attributeNames: Set = [
        "All", "Policy", "VisibilityTimeout", "MaximumMessageSize", "MessageRetentionPeriod",
        "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp", "LastModifiedTimestamp", "QueueArn",
        "ApproximateNumberOfMessagesDelayed", "DelaySeconds", "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy", "FifoQueue", "ContentBasedDeduplication", "KmsMasterKeyId",
        "KmsDataKeyReusePeriodSeconds", "DeduplicationScope", "FifoThroughputLimit",
        "RedriveAllowPolicy", "SqsManagedSseEnabled",
    ]

    func setAttributes(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let attributes = try input.map("Attributes")
        guard !attributes.isEmpty else { throw QueueError.missing("Attribute.Name") }
        let now = clock.now
        let queue = try store.write { database in
            let queue = try database.existingQueue(name)
            var settings = queue.settings
            _ = try settings.set(attributes)
            try Self.checkRedrive(settings, of: name, database)
            try database.updateQueue(queue, to: settings, at: now)
            return queue
        }
        arrivals.announce(queue.name)
        return .object([])
    }

    /// Checks that a queue's dead letters can go where they are to go.
    private static func checkRedrive(
        _ settings: QueueSettings, of name: String, _ database: QueueStore.Transaction
    ) throws {
        guard let policy = settings.redrive else { return }
        let target = try QueueAddress.name(inARN: policy.target).flatMap(database.queue(named:))
        let source = QueueAddress.arn(of: name)
        guard let target else {
            throw QueueError.invalidValue(
                policy.text, of: "RedrivePolicy", "Dead letter target does not exist.")
        }
        if let text = target.settings.redriveAllow,
            try !RedriveAllowPolicy(parsing: text).allows(source)
        {
            throw QueueError.invalidValue(
                policy.text, of: "RedrivePolicy",
                "The redrive allow policy of the dead letter target does not permit this queue.")
        }
    }

    func deleteQueue(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let queue = try store.write { database in
            let queue = try database.existingQueue(name)
            try database.deleteQueue(queue)
            return queue
        }
        // Who waits there learns that it is gone.
        arrivals.announce(queue.name)
        return .object([])
    }

    func purgeQueue(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let now = clock.now
        try store.write { database in
            let queue = try database.existingQueue(name)
            if let last = queue.purgedAt, now - last < 60_000 {
                throw QueueError.purgeInProgress(name)
            }
            try database.purgeQueue(queue, at: now)
        }
        return .object([])
    }

    func queueName(_ input: QueueInput) throws -> String {
        try QueueAddress.name(inURL: input.required("QueueUrl"))
    }
}

/// A part of a list of queues.
private struct Page {
    var limit = 1000
    /// The name that the last page ended with.
    var after = ""
    /// Whether the client has asked for pages; it is told that there are more only then.
    var isPaged = false

    init(_ input: QueueInput) throws {
        if let limit = try input.integer(
            "MaxResults", in: 1...1000, "Must be an integer from 1 to 1000, if provided.")
        {
            self.limit = limit
            isPaged = true
        }
        guard let token = try input.text("NextToken"), !token.isEmpty else { return }
        guard let data = Data(base64Encoded: token), QueueAddress.isName(data.text) else {
            throw QueueError.invalidParameter("Invalid or expired next token.")
        }
        after = data.text
    }

    /// The answer; of the queues there is one more than the page holds, where there are more.
    func json(_ member: String, _ queues: [StoredQueue], host: String) -> JSON {
        let shown = queues.prefix(limit)
        var members: [JSON.Member] = []
        if !shown.isEmpty || member == "queueUrls" {
            let urls = shown.map { JSON.string(QueueAddress.url(of: $0.name, host: host)) }
            members.append(.init(member, .array(urls)))
        }
        if isPaged, queues.count > limit, let last = shown.last {
            let token = Data(last.name.utf8).base64EncodedString()
            members.append(.init("NextToken", .string(token)))
        }
        return .object(members)
    }
}

extension Data {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

import FunctionRuntime

/// What can be set of a queue, in seconds and bytes, with SQS's defaults.
struct QueueSettings: Sendable, Equatable {
    var delay = 0
    var maximumSize = sizeLimit
    var retention = 345_600
    var wait = 0
    var visibility = 30
    var redrive: RedrivePolicy?
    /// Which queues may name this one for their dead letters, as JSON; all where it is nil.
    var redriveAllow: String?

    /// No message, and no batch, may be longer.
    static let sizeLimit = 1 << 20

    private typealias Path = any WritableKeyPath<QueueSettings, Int> & Sendable

    /// The attributes that are whole numbers, and what they may be.
    private static let numbers: [(name: String, path: Path, range: ClosedRange<Int>)] = [
        ("DelaySeconds", \.delay, 0...900),
        ("MaximumMessageSize", \.maximumSize, 1024...sizeLimit),
        ("MessageRetentionPeriod", \.retention, 60...1_209_600),
        ("ReceiveMessageWaitTimeSeconds", \.wait, 0...20),
        ("VisibilityTimeout", \.visibility, 0...43_200),
    ]

    /// Sets attributes by their names.
    ///
    /// - Returns: the names of those whose value has changed, as they were given.
    /// - Throws: ``QueueError`` for a name or value that SQS refuses, or that is not emulated.
    mutating func set(_ attributes: [(name: String, value: String)]) throws -> [String] {
        var changed: [String] = []
        for (name, value) in attributes {
            let before = self
            try set(name, to: value)
            if self != before { changed.append(name) }
        }
        return changed
    }

    private mutating func set(_ name: String, to value: String) throws {
        if let (_, path, range) = Self.numbers.first(where: { $0.name == name }) {
            guard let number = Int(value), range.contains(number) else {
                throw QueueError.invalidAttributeValue(name)
            }
            self[keyPath: path] = number
            return
        }
        switch name {
        case "RedrivePolicy": redrive = value.isEmpty ? nil : try RedrivePolicy(parsing: value)
        case "RedriveAllowPolicy":
            if !value.isEmpty { _ = try RedriveAllowPolicy(parsing: value) }
            redriveAllow = value.isEmpty ? nil : value
        case "Policy", "KmsMasterKeyId", "SqsManagedSseEnabled", "KmsDataKeyReusePeriodSeconds":
            guard ["", "false"].contains(value) else {
                throw QueueError.unsupported(
                    "The attribute \(name) is not emulated: nothing is encrypted here, and "
                        + "whoever has the key may do all.")
            }
        case "DeduplicationScope", "FifoThroughputLimit":
            throw QueueError.invalidAttributeName(
                "You can specify the \(name) only when FifoQueue is set to true.")
        default: throw QueueError.unknownAttribute(name)
        }
    }

    /// The attributes as GetQueueAttributes gives them.
    var attributes: [(name: String, value: String)] {
        var attributes = Self.numbers.map { (name: $0.name, value: String(self[keyPath: $0.path])) }
        attributes.append(("SqsManagedSseEnabled", "false"))
        if let redrive { attributes.append(("RedrivePolicy", redrive.text)) }
        if let redriveAllow { attributes.append(("RedriveAllowPolicy", redriveAllow)) }
        return attributes
    }
}

/// Where messages go that have been received too often.
struct RedrivePolicy: Sendable, Equatable {
    /// The ARN of a queue.
    var target: String
    var maxReceives: Int

    init(target: String, maxReceives: Int) {
        self.target = target
        self.maxReceives = maxReceives
    }

    /// - Throws: ``QueueError`` where it is not as SQS wants it; whether the queue exists is not
    ///   looked at.
    init(parsing text: String) throws {
        func refuse(_ reason: String) -> QueueError {
            .invalidValue(text, of: "RedrivePolicy", reason)
        }
        guard let json = try? JSON(parsing: text), case .object = json else {
            throw refuse("Redrive policy is not a valid JSON map.")
        }
        guard let target = json["deadLetterTargetArn"]?.text else {
            throw refuse(
                "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
        }
        let count: String
        switch json["maxReceiveCount"] {
        case .number(let text), .string(let text): count = text
        default:
            throw refuse("Redrive policy does not contain mandatory attribute: maxReceiveCount.")
        }
        guard let number = Int(count), 1...1000 ~= number else {
            throw refuse(
                """
                Invalid value for maxReceiveCount: \(count), valid values are from 1 to 1000 both \
                inclusive.
                """)
        }
        self.init(target: target, maxReceives: number)
    }

    var text: String {
        let json: JSON = [
            "deadLetterTargetArn": .string(target), "maxReceiveCount": .number(String(maxReceives)),
        ]
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// Which queues may send a queue their dead letters.
struct RedriveAllowPolicy: Sendable {
    enum Permission: String {
        case allowAll, denyAll, byQueue
    }

    var permission: Permission
    var sources: [String] = []

    init(parsing text: String) throws {
        let json = (try? JSON(parsing: text)) ?? .null
        guard let permission = json["redrivePermission"]?.text.flatMap(Permission.init) else {
            throw QueueError.invalidValue(
                text, of: "RedriveAllowPolicy",
                "redrivePermission must be allowAll, denyAll or byQueue.")
        }
        self.permission = permission
        if case .array(let arns)? = json["sourceQueueArns"] { sources = arns.compactMap(\.text) }
        guard (permission == .byQueue) == !sources.isEmpty, sources.count <= 10 else {
            throw QueueError.invalidValue(
                text, of: "RedriveAllowPolicy",
                "sourceQueueArns must name 1 to 10 queues with byQueue, and none otherwise.")
        }
    }

    func allows(_ source: String) -> Bool {
        switch permission {
        case .allowAll: true
        case .denyAll: false
        case .byQueue: sources.contains(source)
        }
    }
}

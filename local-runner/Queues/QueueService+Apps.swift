/// The queues that apps declare.
extension QueueService {
    /// A function and the queue that triggers it.
    struct Triggered: Sendable {
        var function: String
        var queue: String
        var trigger: FunctionDescription.Queue
    }

    /// Makes the queues that apps declare, and those of the dead letters of queues with a function.
    ///
    /// - Returns: the functions that are to be given messages.
    /// - Throws: ``RunnerError`` where a queue cannot be named so, or triggers two functions.
    func prepare(for catalog: Catalog) throws -> [Triggered] {
        for name in catalog.resourceNames(of: "queue") { try make(name, QueueSettings()) }
        let all = catalog.entries.flatMap { entry in
            entry.functions.compactMap { function -> Triggered? in
                guard case .queue(let trigger) = function.description.trigger else { return nil }
                return Triggered(
                    function: "\(entry.app.name)/\(function.name)",
                    queue: EmulatedAddresses.resourceName(trigger.name, of: entry.app),
                    trigger: trigger)
            }
        }
        var owners: [String: String] = [:]
        for one in all {
            if let other = owners.updateValue(one.function, forKey: one.queue) {
                throw RunnerError(
                    """
                    The queue \(one.trigger.name) triggers both \(other) and \(one.function), and \
                    each message goes to one of them only. Give each a queue of its own.
                    """)
            }
            try prepare(one)
        }
        return all
    }

    /// Makes the queue of a function and that of its dead letters, and ties them together.
    func prepare(_ triggered: Triggered) throws {
        let deadLetters = triggered.queue + "-dead"
        try make(triggered.queue, QueueSettings())
        // As long as SQS keeps anything: somebody is to look at them.
        try make(deadLetters, QueueSettings(retention: 1_209_600))
        let now = clock.now
        try store.write { database in
            let queue = try database.existingQueue(triggered.queue)
            var settings = queue.settings
            settings.redrive = RedrivePolicy(
                target: QueueAddress.arn(of: deadLetters),
                maxReceives: triggered.trigger.maxReceives)
            guard settings != queue.settings else { return }
            try database.updateQueue(queue, to: settings, at: now)
        }
    }

    /// Makes a queue unless it is there, whatever has been set of it.
    private func make(_ name: String, _ settings: QueueSettings) throws {
        guard QueueAddress.isName(name) else {
            throw RunnerError(
                """
                The queue \(name) cannot be made: a name has 1 to 80 letters of ASCII, digits, \
                hyphens and underscores.
                """)
        }
        let now = clock.now
        try store.write { database in
            guard try database.queue(named: name) == nil else { return }
            try database.insertQueue(name, settings, at: now)
        }
    }

    /// Gives functions their messages from now on.
    func start(_ triggered: [Triggered], by triggers: Triggers, options: ServerOptions) {
        for one in triggered {
            QueuePoller(
                one.function, on: one.queue, one.trigger, of: self, by: triggers, options: options
            ).start()
        }
    }

    /// Takes no more messages for functions, and lets no receiver wait any longer.
    func stop() {
        arrivals.stop()
    }
}

import FunctionRuntime

/// Deleting messages that have been received, and changing when they come back.
extension QueueService {
    func deleteMessage(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        try store.write { database in
            try delete(input, from: database.existingQueue(name), database)
        }
        return .object([])
    }

    func deleteBatch(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let entries = try input.entries(of: "DeleteMessageBatchRequestEntry")
        return try store.write { database in
            let queue = try database.existingQueue(name)
            return try Self.batch(entries.map { ($0.id, .success($0.input)) }) { input in
                try delete(input, from: queue, database)
                return []
            }
        }
    }

    /// An older handle will do as well; and a message that is gone already is deleted.
    private func delete(
        _ input: QueueInput, from queue: StoredQueue, _ database: QueueStore.Transaction
    ) throws {
        try database.delete(handle(input, of: queue).message, from: queue.id)
    }

    func changeVisibility(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let queue = try store.write { database in
            let queue = try database.existingQueue(name)
            try changeVisibility(input, in: queue, database)
            return queue
        }
        arrivals.announce(queue.name)
        return .object([])
    }

    func changeVisibilityBatch(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let entries = try input.entries(of: "ChangeMessageVisibilityBatchRequestEntry")
        let (queue, output) = try store.write { database in
            let queue = try database.existingQueue(name)
            let output = try Self.batch(entries.map { ($0.id, .success($0.input)) }) { input in
                try changeVisibility(input, in: queue, database)
                return []
            }
            return (queue, output)
        }
        arrivals.announce(queue.name)
        return output
    }

    private func changeVisibility(
        _ input: QueueInput, in queue: StoredQueue, _ database: QueueStore.Transaction
    ) throws {
        let handle = try handle(input, of: queue)
        let range = 0...43_200
        guard
            let seconds = try input.integer(
                "VisibilityTimeout", in: range, "VisibilityTimeout must be >= 0 and <= 43200.")
        else { throw QueueError.missing("VisibilityTimeout") }
        let now = clock.now
        let visibleAt = now + Int64(seconds) * 1000
        guard visibleAt <= handle.time + Int64(range.upperBound) * 1000 else {
            throw QueueError.invalidValue(
                seconds, of: "VisibilityTimeout",
                """
                Total VisibilityTimeout for the message is beyond the limit [43200 seconds].
                """)
        }
        switch try database.isInFlight(handle.message, in: queue.id, at: now) {
        case nil:
            throw QueueError.invalidValue(
                try input.required("ReceiptHandle"), of: "ReceiptHandle",
                "Message does not exist or is not available for visibility timeout change.")
        case false?: throw QueueError.notInFlight
        case true?: try database.show(handle.message, of: queue.id, from: visibleAt)
        }
    }

    private func handle(_ input: QueueInput, of queue: StoredQueue) throws -> ReceiptHandle {
        let text = try input.required("ReceiptHandle")
        guard let handle = ReceiptHandle(text, key: handleKey), handle.queue == queue.id else {
            throw QueueError.invalidHandle(text)
        }
        return handle
    }
}

/// Batches: each entry succeeds or fails for itself.
extension QueueService {
    /// What comes of an entry; one that cannot be read fails the whole batch.
    static func result<Value>(_ body: () throws -> Value) throws -> Result<Value, QueueError> {
        do {
            return .success(try body())
        } catch let error as QueueError where error.isOfService {
            return .failure(error)
        }
    }

    /// Works on the entries of a batch.
    ///
    /// - Parameters:
    ///   - entries: their ids, and what has been read of them.
    ///   - body: does what is asked, and gives the answer's members beside the id.
    /// - Returns: the answer.
    /// - Throws: what is not for an entry to fail with.
    static func batch<Entry>(
        _ entries: [(id: String, result: Result<Entry, QueueError>)],
        _ body: (Entry) throws -> [JSON.Member]
    ) throws -> JSON {
        var successful: [JSON] = []
        var failed: [JSON] = []
        for (id, entry) in entries {
            switch try result({ try body(entry.get()) }) {
            case .success(let members):
                successful.append(.object([.init("Id", .string(id))] + members))
            case .failure(let error):
                failed.append([
                    "Id": .string(id), "SenderFault": true, "Code": .string(error.code),
                    "Message": .string(error.message),
                ])
            }
        }
        return ["Successful": .array(successful), "Failed": .array(failed)]
    }
}

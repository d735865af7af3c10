/// A journal is a stream, and beside it a hash of the last id of each channel.
extension RedisStore {
    func append(
        _ drafts: [Journal.Draft], to key: String, capacity: Int
    ) throws -> [Journal.Receipt] {
        let reply = try run(
            .append, [key, Self.lastKey(key)],
            [String(capacity).bytes] + drafts.flatMap { [$0.channel.bytes, $0.content] })
        guard case .array(let ids) = reply, ids.count == 2 * drafts.count else {
            throw CacheError.unexpected(command: RedisScript.append.name, found: reply.kind)
        }
        return try drafts.indices.map { index in
            Journal.Receipt(
                id: try Self.id(ids[2 * index], of: RedisScript.append.name),
                previousID: try Self.id(ids[2 * index + 1], of: RedisScript.append.name))
        }
    }

    func lastEntries(of channels: [String], in key: String) throws -> [Journal.ID] {
        try array("HMGET", [Self.lastKey(key).bytes] + channels.map(\.bytes)).map { reply in
            reply == .null ? .start : try Self.id(reply, of: "HMGET")
        }
    }

    func entries(
        of key: String, after id: Journal.ID, limit: Int
    ) throws -> [Journal.Entry] {
        try array(
            "XRANGE", [key, "(\(id)", "+", "COUNT", String(limit)].map(\.bytes)
        ).map { reply in
            guard case .array(let parts) = reply, parts.count == 2,
                case .array(let fields) = parts[1], fields.count == 4,
                case .bytes(let channel) = fields[1], case .bytes(let content) = fields[3]
            else { throw CacheError.unexpected(command: "XRANGE", found: reply.kind) }
            return Journal.Entry(
                id: try Self.id(parts[0], of: "XRANGE"),
                channel: String(decoding: channel, as: UTF8.self), content: content)
        }
    }

    private static func lastKey(_ key: String) -> String { key + ":last" }

    private static func id(_ reply: RedisReply, of command: String) throws -> Journal.ID {
        guard case .bytes(let bytes) = reply,
            let id = Journal.ID(String(decoding: bytes, as: UTF8.self))
        else { throw CacheError.unexpected(command: command, found: "what is not an id") }
        return id
    }
}

/// No other process could read what this one keeps, so it keeps nothing.
extension MemoryStore {
    func append(
        _ drafts: [Journal.Draft], to key: String, capacity: Int
    ) throws -> [Journal.Receipt] {
        throw CacheError.usage("A journal is kept in Redis alone.")
    }

    func lastEntries(of channels: [String], in key: String) -> [Journal.ID] {
        channels.map { _ in .start }
    }

    func entries(of key: String, after id: Journal.ID, limit: Int) -> [Journal.Entry] { [] }
}

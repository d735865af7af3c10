/// The cache in a Redis: each operation is one command, or one script.
final class RedisStore: CacheStore {
    let connection: RedisConnection
    let isShared = true

    init(_ connection: RedisConnection) {
        self.connection = connection
    }

    func ping() throws {
        try connection.ping()
    }

    func value(of key: String) throws -> [UInt8]? {
        try bytes("GET", [key.bytes])
    }

    func values(of keys: [String]) throws -> [[UInt8]?] {
        try array("MGET", keys.map(\.bytes)).map { reply in
            switch reply {
            case .null: nil
            case .bytes(let bytes): bytes
            default: throw CacheError.unexpected(command: "MGET", found: reply.kind)
            }
        }
    }

    func set(_ key: String, _ value: [UInt8], expiry: Int64?, ifAbsent: Bool) throws -> Bool {
        let options = (expiry.map { ["PX", String($0)] } ?? []) + (ifAbsent ? ["NX"] : [])
        let reply = try connection.run("SET", [key.bytes, value] + options.map(\.bytes))
        switch reply {
        case .status: return true
        case .null: return false
        default: throw CacheError.unexpected(command: "SET", found: reply.kind)
        }
    }

    func delete(_ keys: [String]) throws -> Int {
        try integer("DEL", keys.map(\.bytes))
    }

    func exists(_ key: String) throws -> Bool {
        try integer("EXISTS", [key.bytes]) > 0
    }

    func increment(_ key: String, by amount: Int, expiry: Int64?) throws -> Int {
        guard let expiry else {
            return try integer("INCRBY", [key.bytes, String(amount).bytes])
        }
        let reply = try run(.increment, [key], [amount, Int(expiry)].map { String($0).bytes })
        guard case .bytes(let bytes) = reply,
            let number = Int(String(decoding: bytes, as: UTF8.self))
        else { throw CacheError.unexpected(command: RedisScript.increment.name, found: reply.kind) }
        return number
    }

    func expire(_ key: String, after expiry: Int64?) throws -> Bool {
        guard let expiry else {
            // PERSIST answers 0 as well for a key that never expires.
            _ = try integer("PERSIST", [key.bytes])
            return try exists(key)
        }
        return try integer("PEXPIRE", [key.bytes, String(expiry).bytes]) == 1
    }

    func lifetime(of key: String) throws -> Cache.Lifetime? {
        switch try integer("PTTL", [key.bytes]) {
        case -2: nil
        case -1: .unlimited
        case let left: .ends(after: .milliseconds(left))
        }
    }

    func hit(_ key: String, limit: Int, window: Int64, cost: Int) throws -> RateLimit {
        let reply = try run(.hit, [key], [limit, Int(window), cost].map { String($0).bytes })
        guard case .array(let parts) = reply, parts.count == 3,
            case .integer(let isAllowed) = parts[0],
            case .integer(let remaining) = parts[1], case .integer(let wait) = parts[2]
        else { throw CacheError.unexpected(command: RedisScript.hit.name, found: reply.kind) }
        return RateLimit(
            isAllowed: isAllowed == 1, remaining: remaining,
            retryAfter: wait < 0 ? nil : Int64(wait))
    }

    /// Runs a script, and sends it first where the server does not have it.
    func run(
        _ script: RedisScript, _ keys: [String], _ arguments: [[UInt8]]
    ) throws -> RedisReply {
        let rest = ([String(keys.count)] + keys).map(\.bytes) + arguments
        do {
            do {
                return try connection.run("EVALSHA", [script.sha1.bytes] + rest)
            } catch CacheError.refused(_, "NOSCRIPT", _) {
                return try connection.run("EVAL", [script.source.bytes] + rest)
            }
        } catch CacheError.refused(_, let code, let message) {
            // The words end with the place in the script.
            throw CacheError.refused(
                command: script.name, code: code, message: message.upTo(" script: "))
        } catch CacheError.lost(_, let problem) {
            throw CacheError.lost(command: script.name, problem)
        }
    }

    // MARK: The forms of answers

    func integer(_ command: String, _ arguments: [[UInt8]]) throws -> Int {
        let reply = try connection.run(command, arguments)
        guard case .integer(let number) = reply else {
            throw CacheError.unexpected(command: command, found: reply.kind)
        }
        return number
    }

    func bytes(_ command: String, _ arguments: [[UInt8]]) throws -> [UInt8]? {
        let reply = try connection.run(command, arguments)
        switch reply {
        case .null: return nil
        case .bytes(let bytes): return bytes
        default: throw CacheError.unexpected(command: command, found: reply.kind)
        }
    }

    func array(_ command: String, _ arguments: [[UInt8]]) throws -> [RedisReply] {
        let reply = try connection.run(command, arguments)
        guard case .array(let elements) = reply else {
            throw CacheError.unexpected(command: command, found: reply.kind)
        }
        return elements
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

/// A script that Redis runs as one step, between the commands of others.
///
/// It is called by its SHA-1, and sent in full only to a server that does not have it yet. The
/// sums stand here, and a test asks Redis for them, so that no function links a library for it.
struct RedisScript: Sendable {
    /// What errors call it.
    let name: String
    let source: String
    let sha1: String

    /// Adds to a number, and sets the expiry where that has made the key.
    ///
    /// The number is read back as text: as a number of Lua it would lose what is beyond 53 bits.
    static let increment = RedisScript(
        name: "INCRBY",
        source: """
            local isNew = redis.call('EXISTS', KEYS[1]) == 0
            redis.call('INCRBY', KEYS[1], ARGV[1])
            if isNew then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
            return redis.call('GET', KEYS[1])
            """,
        sha1: "ba710a3453782eb027697db8d6c239dac251c0d7")

    /// Counts what happened within the window that ends now, and adds to it if there is room.
    ///
    /// Each unit is a member of a sorted set, whose score is the moment in microseconds on the
    /// server's clock: exact at every moment, where counters of whole windows let twice the limit
    /// through around their ends. What is refused is not counted.
    static let hit = RedisScript(
        name: "rate limit",
        source: """
            local key, limit, cost = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[3])
            local window = tonumber(ARGV[2]) * 1000
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
            local used = redis.call('ZCARD', key)
            if used + cost <= limit then
                local score, number = string.format('%.0f', now), 0
                for _ = 1, cost do
                    repeat number = number + 1
                    until redis.call('ZADD', key, 'NX', score, score .. '-' .. number) == 1
                end
                redis.call('PEXPIRE', key, ARGV[2])
                return {1, limit - used - cost, 0}
            end
            local left = math.max(limit - used, 0)
            if cost > limit then return {0, left, -1} end
            local place = used + cost - limit - 1
            local last = redis.call('ZRANGE', key, place, place, 'WITHSCORES')
            return {0, left, math.ceil((tonumber(last[2]) + window - now) / 1000)}
            """,
        sha1: "f13fc728df273d4622190dd77865ac0f53cd190a")

    /// Adds entries to a journal, and notes each as the last of its channel.
    ///
    /// It answers with two ids for each: its own, and that of the one before it in its channel.
    static let append = RedisScript(
        name: "journal",
        source: """
            local receipts = {}
            for i = 2, #ARGV, 2 do
                local channel = ARGV[i]
                local before = redis.call('HGET', KEYS[2], channel) or '0-0'
                local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*',
                    'channel', channel, 'content', ARGV[i + 1])
                redis.call('HSET', KEYS[2], channel, id)
                receipts[#receipts + 1] = id
                receipts[#receipts + 1] = before
            end
            return receipts
            """,
        sha1: "42d04ce514f6344430cd9dca5f583f2ade3b65a8")
}

internal import Glibc

/// The cache in the memory of this process, where there is no Redis.
///
/// It does what Redis does, in the same words where it refuses, but for this process alone: each
/// worker has its own values and counts for itself. What has expired goes when it is next asked
/// for, and all of it whenever the number of keys has doubled.
final class MemoryStore: CacheStore {
    enum Content {
        case plain([UInt8])
        case scored(ScoredSet)
    }

    private struct Entry {
        var content: Content
        /// In microseconds of the clock; nil for never.
        var end: Int64?
    }

    /// What all caches of a process share, as they would share a Redis; a process answers one
    /// request at a time.
    nonisolated(unsafe) static let ofProcess = MemoryStore()

    let isShared = false
    private let now: () -> Int64
    /// By the keys' bytes: texts that differ in them may be equal to Swift.
    private var entries: [[UInt8]: Entry] = [:]
    private var sweepAt = 1024

    /// - Parameter now: a clock in microseconds that does not jump.
    init(now: @escaping () -> Int64 = MonotonicClock.microseconds) {
        self.now = now
    }

    func removeAll() { entries = [:] }

    func ping() {}

    func value(of key: String) throws -> [UInt8]? { try plain(key, for: "GET") }

    func values(of keys: [String]) -> [[UInt8]?] {
        keys.map { key in
            guard case .plain(let value)? = entry(key)?.content else { return nil }
            return value
        }
    }

    func set(_ key: String, _ value: [UInt8], expiry: Int64?, ifAbsent: Bool) -> Bool {
        guard !ifAbsent || entry(key) == nil else { return false }
        put(Entry(content: .plain(value), end: expiry.map(end)), at: key)
        return true
    }

    func delete(_ keys: [String]) -> Int {
        keys.count { key in
            defer { entries[key.bytes] = nil }
            return entry(key) != nil
        }
    }

    func exists(_ key: String) -> Bool { entry(key) != nil }

    func increment(_ key: String, by amount: Int, expiry: Int64?) throws -> Int {
        let known = try plain(key, for: "INCRBY").map { String(decoding: $0, as: UTF8.self) }
        // Redis takes no sign but a minus, and no leading zeros.
        guard let number = Int(known ?? "0"), known == nil || String(number) == known else {
            throw CacheError.refused("INCRBY", "ERR value is not an integer or out of range")
        }
        let (sum, isOverflow) = number.addingReportingOverflow(amount)
        guard !isOverflow else {
            throw CacheError.refused("INCRBY", "ERR increment or decrement would overflow")
        }
        let kept = known == nil ? expiry.map(end) : entry(key)?.end
        put(Entry(content: .plain(String(sum).bytes), end: kept), at: key)
        return sum
    }

    func expire(_ key: String, after expiry: Int64?) -> Bool {
        guard entry(key) != nil else { return false }
        entries[key.bytes]?.end = expiry.map(end)
        return true
    }

    func lifetime(of key: String) -> Cache.Lifetime? {
        guard let entry = entry(key) else { return nil }
        return entry.end.map { .ends(after: .milliseconds(($0 - now() + 999) / 1000)) }
            ?? .unlimited
    }

    func hit(_ key: String, limit: Int, window: Int64, cost: Int) throws -> RateLimit {
        var hits = try scored(key, for: RedisScript.hit.name)
        let moment = now()
        let length = window * 1000
        hits.remove(hits.range(of: -.infinity...Double(moment - length)))
        let used = hits.members.count
        guard used + cost <= limit else {
            put(hits, at: key)
            let left = max(limit - used, 0)
            guard cost <= limit else {
                return RateLimit(isAllowed: false, remaining: left, retryAfter: nil)
            }
            let last = Int64(hits.members[used + cost - limit - 1].score)
            return RateLimit(
                isAllowed: false, remaining: left,
                retryAfter: (last + length - moment + 999) / 1000)
        }
        var number = 0
        for _ in 0..<cost {
            repeat { number += 1 } while !hits.set("\(moment)-\(number)", to: Double(moment))
        }
        put(hits, at: key)
        _ = expire(key, after: window)
        return RateLimit(isAllowed: true, remaining: limit - used - cost, retryAfter: 0)
    }

    // MARK: Entries

    /// A sorted set; an empty one where there is none.
    func scored(_ key: String, for command: String) throws -> ScoredSet {
        switch entry(key)?.content {
        case .scored(let set): return set
        case nil: return ScoredSet()
        case .plain: throw CacheError.wrongType(command)
        }
    }

    /// Puts a sorted set back, which keeps its expiry; an empty one is none.
    func put(_ set: ScoredSet, at key: String) {
        guard !set.isEmpty else {
            entries[key.bytes] = nil
            return
        }
        put(Entry(content: .scored(set), end: entry(key)?.end), at: key)
    }

    private func plain(_ key: String, for command: String) throws -> [UInt8]? {
        switch entry(key)?.content {
        case .plain(let value): return value
        case nil: return nil
        case .scored: throw CacheError.wrongType(command)
        }
    }

    private func entry(_ key: String) -> Entry? {
        guard let entry = entries[key.bytes] else { return nil }
        guard let end = entry.end, end <= now() else { return entry }
        entries[key.bytes] = nil
        return nil
    }

    private func put(_ entry: Entry, at key: String) {
        entries[key.bytes] = entry
        guard entries.count >= sweepAt else { return }
        let moment = now()
        entries = entries.filter { $0.value.end.map { $0 > moment } ?? true }
        sweepAt = max(1024, entries.count * 2)
    }

    private func end(after expiry: Int64) -> Int64 { now() + expiry * 1000 }
}

enum MonotonicClock {
    static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

import Synchronization

/// Plays what production does and a laptop does not: Cloudflare's places cache what they read, and
/// take few writes of one key.
///
/// A value, or that there is none, is read from the store once, and then the same for a minute,
/// whatever is written meanwhile: that is how a change looks from another place than it was made
/// at. Lists are not cached. A key takes one write a second.
final class Staleness: Sendable {
    private struct Place: Hashable {
        var namespace: String
        var key: String
    }

    private struct State {
        var reads: [Place: (entry: Entry?, time: Int64)] = [:]
        var writes: [Place: Int64] = [:]
        /// What the cached values take together, in bytes.
        var size = 0
    }

    private let state = Mutex(State())

    /// How long a read is remembered, and how far apart writes must be, in milliseconds.
    private static let lifetime: Int64 = 60_000
    private static let pause: Int64 = 1000
    /// What the cache may hold; then it starts afresh.
    private static let sizeLimit = 64 << 20
    private static let countLimit = 10_000

    /// What a read shows.
    func read(
        _ key: String, in namespace: String, at now: Int64, from store: () throws -> Entry?
    ) rethrows -> Entry? {
        let place = Place(namespace: namespace, key: key)
        let known = state.withLock { $0.reads[place] }
        // A clock that was set back makes what is remembered void.
        if let known, (0..<Self.lifetime).contains(now - known.time) {
            // What ends does so everywhere at one time.
            if let end = known.entry?.expiration, end * 1000 <= now { return nil }
            return known.entry
        }
        let entry = try store()
        state.withLock { state in
            if state.size > Self.sizeLimit || state.reads.count > Self.countLimit {
                state.reads = [:]
                state.size = 0
            }
            state.reads[place] = (entry, now)
            state.size += entry?.value.count ?? 0
        }
        return entry
    }

    /// Whether a key takes a write; if so it counts.
    func takesWrite(_ key: String, in namespace: String, at now: Int64) -> Bool {
        state.withLock { state in
            let place = Place(namespace: namespace, key: key)
            if let last = state.writes[place], (0..<Self.pause).contains(now - last) {
                return false
            }
            if state.writes.count > Self.countLimit {
                state.writes = state.writes.filter {
                    (0..<Self.pause).contains(now - $0.value)
                }
            }
            state.writes[place] = now
            return true
        }
    }
}

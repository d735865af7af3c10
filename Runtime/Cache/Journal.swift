/// A list in the cache to which events are added at the end, so that who was away for a while is
/// told what he has missed.
///
/// ```swift
/// let journal = cache.journal("events")
/// let receipts = try journal.append([.init("bell", text), .init("trade", json)])
/// let last = try journal.last(of: ["bell", "trade"])
/// let missed = try journal.read(after: id, limit: 100)
/// ```
///
/// Each entry gets an id that is higher than those of all before it, and belongs to one channel,
/// whose entries are linked: an entry's receipt names the one before it. ``ID/start`` stands before
/// the first. All entries of a call are added in one step, so that no reader finds a part of them.
/// Of the oldest entries those go that are beyond the capacity.
///
/// In the memory of a process nothing is kept, as no other could read it: what is appended gets no
/// receipt, and nothing is found.
public struct Journal {
    let cache: Cache
    let name: String
    let capacity: Int

    /// The id of an entry: milliseconds by the clock of Redis, and a number within them.
    public struct ID: Sendable, Hashable, Comparable, LosslessStringConvertible {
        private let milliseconds: UInt64
        private let number: UInt64

        /// Stands before every entry.
        public static let start = ID(milliseconds: 0, number: 0)

        private init(milliseconds: UInt64, number: UInt64) {
            self.milliseconds = milliseconds
            self.number = number
        }

        /// Reads `1795251600000-0`; nil for anything else.
        public init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let milliseconds = Self.number(parts[0]),
                let number = Self.number(parts[1])
            else { return nil }
            self.init(milliseconds: milliseconds, number: number)
        }

        /// A sign is no digit, though Swift would read it.
        private static func number(_ text: Substring) -> UInt64? {
            text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt64(text) : nil
        }

        public var description: String { "\(milliseconds)-\(number)" }

        public static func < (left: ID, right: ID) -> Bool {
            (left.milliseconds, left.number) < (right.milliseconds, right.number)
        }
    }

    /// What is to be added.
    public struct Draft: Sendable, Equatable {
        public var channel: String
        public var content: [UInt8]

        public init(_ channel: String, _ content: [UInt8]) {
            self.channel = channel
            self.content = content
        }
    }

    /// Where an entry has its place.
    public struct Receipt: Sendable, Equatable {
        public var id: ID
        /// The one before it in its channel.
        public var previousID: ID

        public init(id: ID, previousID: ID) {
            self.id = id
            self.previousID = previousID
        }
    }

    public struct Entry: Sendable, Equatable {
        public var id: ID
        public var channel: String
        public var content: [UInt8]
    }

    /// Adds entries, in order.
    ///
    /// Where the connection breaks under it, whether they were added is not known.
    ///
    /// - Returns: a receipt for each; nil where there is no Redis, and nothing was added.
    public func append(_ drafts: [Draft]) throws -> [Receipt]? {
        guard try cache.isShared else { return nil }
        guard !drafts.isEmpty else { return [] }
        return try cache.store(isRepeatable: false) {
            try $0.append(drafts, to: $1 + name, capacity: capacity)
        }
    }

    /// The id of the last entry of each channel, even if that is gone; ``ID/start`` for a channel
    /// without any.
    ///
    /// - Returns: the ids in the order of the channels; nil where there is no Redis.
    public func last(of channels: [String]) throws -> [ID]? {
        guard try cache.isShared else { return nil }
        guard !channels.isEmpty else { return [] }
        return try cache.store { try $0.lastEntries(of: channels, in: $1 + name) }
    }

    /// The entries that came after one, in order; the first `limit` of them.
    ///
    /// It need not be there itself: one that is gone, like ``ID/start``, is followed by the oldest
    /// that is left.
    public func read(after id: ID = .start, limit: Int) throws -> [Entry] {
        guard limit > 0 else { throw CacheError.usage("A limit is positive.") }
        return try cache.store { try $0.entries(of: $1 + name, after: id, limit: limit) }
    }
}

extension Cache {
    /// A journal; it is there as soon as it has an entry.
    ///
    /// - Parameters:
    ///   - name: of its keys, this and one that begins with it.
    ///   - capacity: how many entries are kept, or a few more, as Redis drops whole blocks.
    /// - Returns: the journal.
    public func journal(_ name: String, capacity: Int = 10_000) -> Journal {
        Journal(cache: self, name: name, capacity: capacity)
    }
}

import GRDB

/// What a list of objects or of uploads is to hold.
struct ObjectListing: Sendable {
    var bucket: String
    var prefix = ""
    /// Empty where nothing is rolled up.
    var delimiter = ""
    /// The key or the common prefix behind which it starts.
    var after = ""
    var limit = 1000
}

/// A page of a list: entries and common prefixes in one order.
struct ListPage<Entry: Sendable>: Sendable {
    var entries: [Entry] = []
    var prefixes: [String] = []
    var isTruncated = false
    /// The last key or common prefix.
    var last = ""

    var count: Int { entries.count + prefixes.count }
}

extension ObjectListing {
    /// Goes through the keys in order of their UTF-8.
    ///
    /// A common prefix is skipped by a new search behind it, however many keys it has.
    ///
    /// - Parameters:
    ///   - includingMarker: whether entries of the very key behind which it starts may follow.
    ///   - scan: gives the entries from a bound up to another one, to be gone through until the
    ///     closure says false.
    /// - Returns: as much as the limit allows.
    /// - Throws: what the scan throws.
    func page<Entry>(
        includingMarker: Bool = false,
        _ scan: (_ from: Bound, _ end: String?, _ body: (String, Entry) -> Bool) throws -> Void
    ) throws -> ListPage<Entry> {
        var page = ListPage<Entry>()
        guard limit > 0 else { return page }
        let end = Self.successor(of: prefix)
        var bound = Bound(key: prefix, isInclusive: true)
        if after.utf8Precedes(prefix) == false, !after.isEmpty {
            bound = Bound(key: after, isInclusive: includingMarker)
            if let rolled = commonPrefix(of: after), let next = Self.successor(of: rolled) {
                // It was given, or lies behind.
                bound = Bound(key: next, isInclusive: true)
            }
        }
        while true {
            var skipped: String?
            try scan(bound, end) { key, entry in
                guard page.count < limit else {
                    page.isTruncated = true
                    return false
                }
                if let rolled = commonPrefix(of: key) {
                    page.prefixes.append(rolled)
                    page.last = rolled
                    skipped = rolled
                    return false
                }
                page.entries.append(entry)
                page.last = key
                return true
            }
            guard let skipped, let next = Self.successor(of: skipped) else { return page }
            bound = Bound(key: next, isInclusive: true)
        }
    }

    struct Bound {
        var key: String
        var isInclusive: Bool
    }

    /// A key up to the first delimiter behind the prefix; nil where there is none.
    private func commonPrefix(of key: String) -> String? {
        guard !delimiter.isEmpty, key.utf8.starts(with: prefix.utf8) else { return nil }
        let (bytes, wanted) = (Array(key.utf8), Array(delimiter.utf8))
        var index = prefix.utf8.count
        while index + wanted.count <= bytes.count {
            if bytes[index...].starts(with: wanted) {
                return String(decoding: bytes[..<(index + wanted.count)], as: UTF8.self)
            }
            index += 1
        }
        return nil
    }

    /// The first text behind all that start with this one; nil where there is none.
    ///
    /// UTF-8 orders as its scalars do, so the last that can be is raised by one.
    static func successor(of prefix: String) -> String? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            let next: UInt32 = last.value == 0xD7FF ? 0xE000 : last.value + 1
            if let scalar = Unicode.Scalar(next) {
                scalars.append(scalar)
                var text = String.UnicodeScalarView()
                text.append(contentsOf: scalars)
                return String(text)
            }
        }
        return nil
    }
}

extension String {
    /// Whether its UTF-8 comes before another's.
    fileprivate func utf8Precedes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension ObjectStore {
    func list(_ listing: ObjectListing) throws -> ListPage<ObjectRecord> {
        try requireBucket(listing.bucket)
        return try database.read { database in
            try listing.page { bound, end, body in
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT \(Self.listColumns) FROM object
                        WHERE bucket = ? AND key \(bound.isInclusive ? ">=" : ">") ?
                        \(end == nil ? "" : "AND key < ?") ORDER BY key LIMIT ?
                        """)
                var arguments: StatementArguments = [listing.bucket, bound.key]
                if let end { arguments += [end] }
                arguments += [listing.limit + 1]
                let rows = try Row.fetchCursor(statement, arguments: arguments)
                while let row = try rows.next() {
                    let record = ObjectRecord(row, bucket: listing.bucket)
                    guard body(record.key, record) else { return }
                }
            }
        }
    }

    /// Without what a list does not show, which may be large.
    private static var listColumns: String {
        "key, etag, size, modified, '', checksum, '', NULL, NULL, NULL"
    }
}

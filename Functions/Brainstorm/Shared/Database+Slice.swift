public import FunctionPostgres

extension Database {
    /// Some of the rows that a query matches, and how many it matches in all.
    ///
    /// Both come in one round trip. Only a slice past the end, which has no row to carry the
    /// total, asks for it again.
    public func slice<Row: Codable & Sendable>(
        of matching: SQL, order: SQL, limit: Int, offset: Int, as type: Row.Type, after caller: SQL
    ) throws -> (rows: [Row], total: Int) {
        let found = try rows(
            """
            SELECT matching.*, count(*) OVER () AS total_count
            FROM (\(matching)) AS matching
            ORDER BY \(order)
            LIMIT \(limit) OFFSET \(offset)
            """, as: Counted<Row>.self, after: caller)
        guard found.isEmpty, offset > 0 else {
            return (found.map(\.row), found.first?.totalCount ?? 0)
        }
        return (
            [],
            try value("SELECT count(*) FROM (\(matching)) AS matching", as: Int.self, after: caller)
        )
    }
}

/// A row with the number of all rows beside its own columns, one of which may be `total`.
private struct Counted<Row: Codable>: Decodable {
    let row: Row
    let totalCount: Int

    enum CodingKeys: CodingKey {
        case totalCount
    }

    init(from decoder: any Decoder) throws {
        row = try Row(from: decoder)
        totalCount = try decoder.container(keyedBy: CodingKeys.self)
            .decode(Int.self, forKey: .totalCount)
    }
}

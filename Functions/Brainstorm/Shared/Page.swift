public import FunctionPostgres
public import FunctionRuntime

/// Which part of a list is wanted.
public protocol PageFilter {
    var page: Whole<1, 1_000_000>? { get }
    var limit: Whole<1, 100>? { get }
}

/// One page of a list, and where it stands.
public struct Page<Row: Codable & Sendable>: Codable, Sendable {
    public struct Pagination: Codable, Sendable {
        public var page: Int
        public var limit: Int
        public var total: Int
        public var totalPages: Int
    }

    public var data: [Row]
    public var pagination: Pagination
}

extension Database {
    /// A page of what a query matches: 20 rows, or as many as the filter says.
    ///
    /// Rows and total come in one round trip. Only a page past the end, which has no row to carry
    /// the total, asks for it again.
    ///
    /// - Parameter order: the columns of `ORDER BY`; it is spliced in, so it must be a constant.
    public func page<Row: Codable & Sendable>(
        of matching: SQL, order: SQL, filter: some PageFilter, as type: Row.Type, after caller: SQL
    ) throws -> Page<Row> {
        let (page, limit) = (filter.page?.value ?? 1, filter.limit?.value ?? 20)
        let found = try rows(
            """
            SELECT matching.*, count(*) OVER () AS total_count
            FROM (\(matching)) AS matching
            ORDER BY \(order)
            LIMIT \(limit) OFFSET \((page - 1) * limit)
            """, as: Counted<Row>.self, after: caller)
        var total = found.first?.totalCount ?? 0
        if found.isEmpty, page > 1 {
            total = try value(
                "SELECT count(*) FROM (\(matching)) AS matching", as: Int.self, after: caller)
        }
        return Page(
            data: found.map(\.row),
            pagination: .init(
                page: page, limit: limit, total: total, totalPages: (total + limit - 1) / limit))
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

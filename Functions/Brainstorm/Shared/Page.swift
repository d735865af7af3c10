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
    /// `order` is what stands after `ORDER BY`: a constant, as it is no value that could be bound.
    public func page<Row: Codable & Sendable>(
        of matching: SQL, order: SQL, filter: some PageFilter, as type: Row.Type, after caller: SQL
    ) throws -> Page<Row> {
        let (page, limit) = (filter.page?.value ?? 1, filter.limit?.value ?? 20)
        let (rows, total) = try slice(
            of: matching, order: order, limit: limit, offset: (page - 1) * limit, as: type,
            after: caller)
        return Page(
            data: rows,
            pagination: .init(
                page: page, limit: limit, total: total, totalPages: (total + limit - 1) / limit))
    }
}

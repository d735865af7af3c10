internal import CPostgres
internal import FunctionRuntime

/// A statement as libpq takes it: its text with numbered placeholders, and its values.
///
/// libpq wants pointers to strings that end in a zero byte. All of them stand in one buffer, the
/// text first, so that a statement costs one allocation however many values it has. The end of a
/// string being a zero, none may contain one: it would be cut there, and mean something else.
struct BoundStatement {
    let sql: SQL
    private var buffer: [UInt8] = []
    /// Where each value begins; nil for NULL.
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var types: [Oid] = []

    /// The protocol counts parameters in 16 bits.
    private static let limit = 65_535

    /// - Throws: 400 where a text contains U+0000, which PostgreSQL cannot hold; ``SQLError/usage``
    ///   where there are too many values.
    init(_ sql: SQL) throws {
        self.sql = sql
        buffer.reserveCapacity(256)
        var values: [SQLValue] = []
        for piece in sql.pieces {
            switch piece {
            case .text(let text): buffer += text.utf8
            case .value(let value):
                values.append(value)
                buffer.append(UInt8(ascii: "$"))
                buffer += String(values.count).utf8
            }
        }
        try terminate(from: 0)
        guard values.count <= Self.limit else {
            throw SQLError.usage(
                "A statement binds at most \(Self.limit) values, and this one has \(values.count); "
                    + "bind an array instead.", sql)
        }
        for value in values { try append(value) }
    }

    private mutating func append(_ value: SQLValue) throws {
        let start = buffer.count
        value.write(to: &buffer)
        offsets.append(value == .null ? nil : start)
        lengths.append(Int32(buffer.count - start))
        formats.append(value.isBinary ? 1 : 0)
        types.append(value.type)
        if !value.isBinary { try terminate(from: start) }
    }

    private mutating func terminate(from start: Int) throws {
        guard !buffer[start...].contains(0) else {
            throw Failure.badRequest(
                "A text contains the character U+0000, which cannot be stored.")
        }
        buffer.append(0)
    }

    /// Queues the statement; false where libpq refuses.
    func send(on connection: OpaquePointer) -> Bool {
        buffer.withUnsafeBytes { bytes in
            let text = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            let pointers = offsets.map { offset in
                offset.flatMap { offset in text.map { UnsafePointer($0 + offset) } }
            }
            return PQsendQueryParams(
                connection, text, Int32(offsets.count), types, pointers, lengths, formats, 0) == 1
        }
    }
}

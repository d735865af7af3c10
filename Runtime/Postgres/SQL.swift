/// SQL in which interpolation binds: what stands in `\(…)` is sent beside the statement, never
/// within its text, so it is data whatever it contains.
///
/// ```swift
/// let mine: SQL = "AND owner = \(caller)"
/// try db.rows("SELECT id, title FROM note WHERE title = \(title) \(mine)", as: Note.self)
/// ```
///
/// A value goes as text without a type, and PostgreSQL infers the type from the place where it
/// stands. Where the place says nothing (`\(x) IS NULL`, `unnest(\(list))`), write a cast:
/// `\(x)::text IS NULL`.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// A part of a statement; placeholders get their numbers when it is sent, so fragments nest.
    enum Piece: Sendable {
        case text(String)
        case value(SQLValue)
    }

    private(set) var pieces: [Piece]

    public init(stringLiteral text: String) {
        pieces = [.text(text)]
    }

    public init(stringInterpolation interpolation: StringInterpolation) {
        pieces = interpolation.pieces
    }

    fileprivate init(pieces: [Piece]) {
        self.pieces = pieces
    }

    /// Collects the pieces of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
        }

        public mutating func appendLiteral(_ text: String) {
            if !text.isEmpty { pieces.append(.text(text)) }
        }

        /// Binds a value.
        public mutating func appendInterpolation(_ value: some SQLBindable) {
            pieces.append(.value(value.sqlValue))
        }

        /// Binds a value, or NULL where there is none.
        public mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            pieces.append(.value(value.sqlValue))
        }

        /// Nests a fragment with the values that it binds.
        public mutating func appendInterpolation(_ fragment: SQL) {
            pieces += fragment.pieces
        }

        /// Names a table or a column, quoted, so that it is a name whatever it contains.
        public mutating func appendInterpolation(identifier name: String) {
            pieces.append(.text(SQL.quote(identifier: name)))
        }

        /// Splices text into the statement **as SQL**.
        ///
        /// Whoever can choose the text can do whatever the role can do; never pass what came from
        /// a request.
        public mutating func appendInterpolation(unsafe text: String) {
            pieces.append(.text(text))
        }
    }

    /// A name in double quotes, with those that it contains doubled.
    package static func quote(identifier name: String) -> String {
        var quoted = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}

extension SQL {
    /// The statement that gives settings to the rest of the transaction.
    ///
    /// Row-level security reads them with `current_setting('app.…', true)`. With the transaction
    /// they end.
    public static func settings(_ values: KeyValuePairs<String, any SQLBindable>) -> SQL {
        let calls = values.map { name, value in
            let bound = SQL(pieces: [.value(value.sqlValue)])
            return "set_config(\(name), \(bound), true)" as SQL
        }
        return "SELECT \(calls.joined(separator: ", "))"
    }
}

extension Sequence where Element == SQL {
    /// One fragment of many, such as conditions that come and go.
    public func joined(separator: SQL) -> SQL {
        SQL(pieces: Array(map(\.pieces).joined(separator: separator.pieces)))
    }
}

extension SQL: CustomStringConvertible {
    /// The statement as it is sent, with placeholders and without the values.
    public var description: String {
        var text = ""
        var count = 0
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .value:
                count += 1
                text += "$\(count)"
            }
        }
        return text
    }
}

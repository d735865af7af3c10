import FunctionPostgres
import Testing

/// One way of asking for the rows of one table.
package struct Attack: Sendable, CustomTestStringConvertible {
    package var table: TenantTable
    package var identity: Identity
    /// Whether every setting that the policies read says nothing.
    package var isNobody: Bool
    package var isMalformed: Bool
    package var testDescription: String
}

extension RowSecurity {
    /// Every attack on every table.
    package var attacks: [Attack] {
        tables.flatMap { table -> [Attack] in
            let settings = settings(of: table)
            let targets = settings.map { [$0] } + (settings.count > 1 ? [settings] : [])
            let whole = Attack(
                table: table, identity: other, isNobody: false, isMalformed: false,
                testDescription: "\(table.name): another owner")
            return [whole]
                + targets.flatMap { names in
                    Identity.Fault.allCases.map { fault in
                        Attack(
                            table: table, identity: other.with(fault, in: names),
                            isNobody: names == settings && fault != .malformed,
                            isMalformed: fault == .malformed,
                            testDescription:
                                "\(table.name): \(names.joined(separator: ", ")) \(fault)")
                    }
                }
        }
    }

    /// What an identity sees of a table: the keys of the rows; nil where it is refused.
    package func visible(_ table: TenantTable, to identity: Identity) throws -> Set<String>? {
        let connection = try connect()
        try connection.run("BEGIN")
        try identity.assume(on: connection, role: role)
        return try unlessForbidden { try keys(of: table, connection) }
    }

    /// Plays an attack.
    ///
    /// - Returns: what it achieved that it must not, in words; empty where all is well.
    package func play(_ attack: Attack) throws -> [String] {
        let connection = try connect()
        let table = attack.table
        let owned = try ownedKeys(of: table, connection)
        let seenByOther = attack.isNobody ? [] : try visible(table, to: other) ?? []
        let allowed = seenByOther.subtracting(owned)
        let stake = try stake(in: table, connection)
        try connection.run("BEGIN")
        var findings: [String] = []
        for (verb, statement) in [
            ("INSERT", insertion(of: stake, into: table)),
            ("UPDATE", update(of: table, from: stake)), ("DELETE", "DELETE FROM \(table.sql)"),
        ] {
            try connection.run("SAVEPOINT attack")
            findings += try write(verb, statement, attack, allowed, connection)
            try connection.run("ROLLBACK TO attack")
        }
        try attack.identity.assume(on: connection, role: role)
        if case .done(let seen) = try attempt(attack, { try keys(of: table, connection) }) {
            let foreign = seen.subtracting(allowed)
            if !foreign.isEmpty { findings.append("SELECT saw \(foreign.sorted())") }
        }
        return findings
    }

    /// Runs one statement that changes rows, and says what it must not have done.
    private func write(
        _ verb: String, _ statement: SQL, _ attack: Attack, _ allowed: Set<String>,
        _ connection: Connection
    ) throws -> [String] {
        let before = try versions(of: attack.table, connection)
        try attack.identity.assume(on: connection, role: role)
        switch try attempt(attack, { try connection.run(statement) }) {
        case .refused: return []
        case .passed(let error): return ["\(verb) passed the policies: \(error)"]
        case .done(let count):
            guard verb != "INSERT" else { return count > 0 ? ["INSERT added a row"] : [] }
            try connection.run("RESET ROLE")
            let after = try versions(of: attack.table, connection)
            let changed = Set(before.subtracting(after).map(\.key)).subtracting(allowed)
            return changed.isEmpty ? [] : ["\(verb) changed \(changed.sorted())"]
        }
    }

    /// How many rows an identity can change by an update of all.
    package func updates(_ table: TenantTable, as identity: Identity) throws -> Int {
        let connection = try connect()
        let stake = try stake(in: table, connection)
        try connection.run("BEGIN")
        try identity.assume(on: connection, role: role)
        return try unlessForbidden { try connection.run(update(of: table, from: stake)) } ?? 0
    }
}

/// A row, and which version of it.
private struct Version: Decodable, Hashable {
    var key: String
    var place: String
}

extension RowSecurity {
    /// What PostgreSQL made of a statement.
    private enum Outcome<Value> {
        case done(Value)
        /// One may not (42501); or a malformed setting is refused as no value of its type.
        case refused
        /// It failed for another reason, so that only chance stood in the way.
        case passed(SQLError)
    }

    private func attempt<Value>(
        _ attack: Attack, _ work: () throws -> Value
    ) throws -> Outcome<Value> {
        do {
            return .done(try work())
        } catch let error as SQLError {
            let isMalformed = attack.isMalformed && error.sqlState?.hasPrefix("22") == true
            return error.sqlState == "42501" || isMalformed ? .refused : .passed(error)
        }
    }

    /// Does something; nil where PostgreSQL says that one may not.
    private func unlessForbidden<Value>(_ work: () throws -> Value) throws -> Value? {
        do {
            return try work()
        } catch let error as SQLError where error.sqlState == "42501" {
            return nil
        }
    }

    /// The rows that name the owner in any column, whatever policies make of them.
    private func ownedKeys(
        of table: TenantTable, _ connection: Connection
    ) throws -> Set<String> {
        struct Row: Decodable {
            var key: String
        }
        let names = owner.settings.filter {
            !$0.value.isEmpty && other.settings[$0.key] != $0.value
        }
        let rows = try connection.rows(
            """
            SELECT \(table.keyText) AS key FROM \(table.sql) AS t
            WHERE EXISTS (
                SELECT FROM jsonb_each_text(to_jsonb(t)) AS e WHERE e.value = ANY (\(Array(names.values))))
            """, as: Row.self)
        return Set(rows.map(\.key))
    }

    private func keys(of table: TenantTable, _ connection: Connection) throws -> Set<String> {
        struct Row: Decodable {
            var key: String
        }
        let rows = try connection.rows(
            "SELECT \(table.keyText) AS key FROM \(table.sql)", as: Row.self)
        return Set(rows.map(\.key))
    }

    /// All rows, as the superuser sees them.
    ///
    /// An update moves a row to another place.
    private func versions(
        of table: TenantTable, _ connection: Connection
    ) throws -> Set<Version> {
        Set(
            try connection.rows(
                "SELECT \(table.keyText) AS key, ctid::text AS place FROM \(table.sql)",
                as: Version.self))
    }

    /// A row to insert once more, as JSON: one of the owner's, or else any.
    private func stake(in table: TenantTable, _ connection: Connection) throws -> String {
        struct Row: Decodable {
            var row: String
        }
        let owned = try ownedKeys(of: table, connection).sorted()
        let rows = try connection.rows(
            """
            SELECT to_jsonb(t)::text AS row FROM \(table.sql) AS t
            ORDER BY \(table.keyText) = ANY (\(owned)) DESC LIMIT 1
            """, as: Row.self)
        guard let row = rows.first?.row else {
            throw TestError("The table \(table.name) is empty, so that nothing can be stolen.")
        }
        return row
    }

    /// Inserts a copy of a row, under a new key where that is a UUID of its own.
    private func insertion(of row: String, into table: TenantTable) -> SQL {
        let columns = table.insertable.map { "\(identifier: $0)" as SQL }.joined(separator: ", ")
        let renewed: SQL =
            table.key == ["id"] ? "|| jsonb_build_object('id', gen_random_uuid())" : ""
        return """
            INSERT INTO \(table.sql) (\(columns))
            SELECT \(columns)
            FROM jsonb_populate_record(NULL::\(table.sql), \(row)::jsonb \(renewed))
            """
    }

    /// Gives every row one row's value in one column.
    ///
    /// It reads nothing of the table: a statement that does is held to the policies of SELECT too,
    /// and would not find those of UPDATE wanting.
    private func update(of table: TenantTable, from row: String) -> SQL {
        """
        UPDATE \(table.sql) SET \(identifier: table.updatable) =
            (jsonb_populate_record(NULL::\(table.sql), \(row)::jsonb)).\(identifier: table.updatable)
        """
    }
}

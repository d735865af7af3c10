import Foundation
package import FunctionPostgres

@testable import LocalRunner

/// Row-level security of one app, attacked from all sides in a copy of its world.
///
/// Everything is generated from the catalogue: the tables; the settings that their policies read,
/// through whatever functions; and the rows to insert, which are copies of rows that are there. A
/// new table is attacked without anybody writing a test for it.
///
/// For each table the attacker is another owner than the one whose rows are at stake: first with
/// his own identity whole, then with each setting, and with all of them, empty, unset and malformed.
/// He reads, inserts, updates and deletes. He may see and change no row that names the owner in any
/// column, none beyond those that his whole identity sees, and, as nobody, none at all.
package struct RowSecurity: Sendable {
    /// What is particular to an app.
    package struct Subject: Sendable {
        package var app: String
        /// Opens a request of one owner, of another, and of whoever may do most.
        package var owner: SQL
        package var other: SQL
        package var admin: SQL
        /// Fills tables that the world leaves empty, run as the function role for `admin`.
        package var fill: [SQL]
        /// Holes to make, run as the superuser, to see that they are found.
        package var holes: [SQL] = []

        package init(app: String, owner: SQL, other: SQL, admin: SQL, fill: [SQL]) {
            self.app = app
            self.owner = owner
            self.other = other
            self.admin = admin
            self.fill = fill
        }
    }

    package let tables: [TenantTable]
    package let owner: Identity
    package let other: Identity
    package let admin: Identity
    let role: String
    private let world: World
    private let copy: String
    /// The text of each of the app's own functions, by its name.
    private let functions: [String: String]

    package init(_ subject: Subject) throws {
        world = try World.of(subject.app)
        role = world.name + "_function"
        copy = world.name + (subject.holes.isEmpty ? "_row_security" : "_holes")
        try world.makeCopy(copy)
        let connection = try world.admin(in: copy)
        for hole in subject.holes { try connection.run(hole) }
        functions = try Self.functions(connection)
        tables = try TenantTable.all(connection, role: role)
        let settings = Self.settings(in: functions.values.joined(), functions)
        (owner, other, admin) = (
            try Self.identity(of: subject.owner, settings, connection),
            try Self.identity(of: subject.other, settings, connection),
            try Self.identity(of: subject.admin, settings, connection)
        )
        try connection.run("BEGIN")
        try admin.assume(on: connection, role: role)
        for statement in subject.fill { try connection.run(statement) }
        try connection.run("COMMIT")
    }

    /// A new connection of the superuser, on which no setting was ever set.
    package func connect() throws -> Connection {
        try world.admin(in: copy)
    }

    /// The settings that a table's policies read.
    package func settings(of table: TenantTable) -> [String] {
        Self.settings(in: table.policies.joined(separator: " "), functions)
    }

    private static func functions(_ connection: Connection) throws -> [String: String] {
        struct Row: Decodable {
            var name: String
            var definition: String
        }
        let rows = try connection.rows(
            """
            SELECT p.oid::regproc::text AS name, pg_get_functiondef(p.oid) AS definition
            FROM pg_proc p
            JOIN pg_language l ON l.oid = p.prolang
            JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE l.lanname IN ('sql', 'plpgsql') AND p.prokind = 'f'
                AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            """, as: Row.self)
        return Dictionary(rows.map { ($0.name, $0.definition) }) { $0 + $1 }
    }

    /// The settings that an expression reads, itself or through functions that it calls.
    private static func settings(in text: String, _ functions: [String: String]) -> [String] {
        var found: Set<String> = []
        var open = [text]
        var seen: Set<String> = []
        while let text = open.popLast() {
            for match in text.matches(of: /current_setting\('([a-z_]+\.[a-z_]+)'/) {
                found.insert(String(match.1))
            }
            for (name, definition) in functions
            where text.contains(name + "(") && seen.insert(name).inserted {
                open.append(definition)
            }
        }
        return found.sorted()
    }

    /// The settings that opening a request leaves behind.
    private static func identity(
        of opening: SQL, _ settings: [String], _ connection: Connection
    ) throws -> Identity {
        struct Row: Decodable {
            var value: String?
        }
        try connection.run("BEGIN")
        try connection.run(opening)
        var identity = Identity()
        for name in settings {
            identity.settings[name] = try connection.rows(
                "SELECT current_setting(\(name), true) AS value", as: Row.self
            ).first?.value
        }
        try connection.run("ROLLBACK")
        return identity
    }
}

import FunctionCrypto
import FunctionRuntime
import GRDB

/// A store of its own for an app or a purpose.
struct Namespace: Sendable {
    var id: String
    var title: String

    var json: JSON {
        ["id": .string(id), "title": .string(title), "supports_url_encoding": true]
    }
}

extension KeyValueStore {
    /// How many an account may have.
    static let namespaceLimit = 1000

    /// The id of a namespace that a function declares: the same on every machine.
    static func id(ofTitle title: String) -> String {
        String(Hex.encode(Hash.sha256.digest(of: title)).prefix(32))
    }

    /// Makes the namespace of a binding where there is none.
    ///
    /// - Parameter title: the app and the binding's name, such as `brainstorm-links`.
    /// - Returns: its id, which is another one where somebody has made it by hand.
    /// - Throws: what SQLite refuses.
    func ensureNamespace(title: String) throws -> String {
        let id = Self.id(ofTitle: title)
        return try database.write { database in
            let known = try String.fetchOne(
                database, sql: "SELECT id FROM namespace WHERE id = ? OR title = ?",
                arguments: [id, title])
            if let known { return known }
            try database.execute(
                sql: "INSERT INTO namespace (id, title) VALUES (?, ?)", arguments: [id, title])
            return id
        }
    }

    func namespace(_ id: String) throws -> Namespace? {
        try database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT id, title FROM namespace WHERE id = ?", arguments: [id]
            ).map { Namespace(id: $0[0], title: $0[1]) }
        }
    }

    /// All namespaces, unordered.
    func namespaces() throws -> [Namespace] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT id, title FROM namespace").map {
                Namespace(id: $0[0], title: $0[1])
            }
        }
    }

    func createNamespace(title: String) throws -> Namespace {
        let namespace = Namespace(id: Hex.encode(try Random.bytes(16)), title: title)
        try database.write { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM namespace") ?? 0
            guard count < Self.namespaceLimit else { throw KeyValueError.tooManyNamespaces }
            try Self.writing {
                try database.execute(
                    sql: "INSERT INTO namespace (id, title) VALUES (?, ?)",
                    arguments: [namespace.id, namespace.title])
            }
        }
        return namespace
    }

    func renameNamespace(_ id: String, title: String) throws {
        try database.write { database in
            try Self.writing {
                try database.execute(
                    sql: "UPDATE namespace SET title = ? WHERE id = ?", arguments: [title, id])
            }
        }
    }

    /// Removes a namespace with all that it holds.
    func deleteNamespace(_ id: String) throws {
        try database.write { database in
            try database.execute(sql: "DELETE FROM namespace WHERE id = ?", arguments: [id])
        }
    }

    private static func writing(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw KeyValueError.namespaceExists
        }
    }
}

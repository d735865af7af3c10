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

    /// Makes the namespace of a binding where there is none.
    ///
    /// - Parameter title: the app's and the binding's names, such as `brainstorm-links`.
    /// - Throws: ``RunnerError`` where another namespace was given that title by hand.
    func ensureNamespace(title: String) throws {
        let id = EmulatedAddresses.namespaceID(title: title)
        guard try namespace(id) == nil else { return }
        do {
            try insert(Namespace(id: id, title: title))
        } catch let error as KeyValueError where error.code == KeyValueError.namespaceExists.code {
            throw RunnerError(
                """
                A function declares the key-value namespace "\(title)", and another namespace \
                was given that title. Rename or delete that.
                """)
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

    /// Makes a namespace.
    ///
    /// Its id is the one that a function's binding of that name would have, if that is free.
    func createNamespace(title: String) throws -> Namespace {
        var namespace = Namespace(id: EmulatedAddresses.namespaceID(title: title), title: title)
        if try self.namespace(namespace.id) != nil {
            namespace.id = Hex.encode(try Random.bytes(16))
        }
        try insert(namespace)
        return namespace
    }

    private func insert(_ namespace: Namespace) throws {
        try database.write { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM namespace") ?? 0
            guard count < Self.namespaceLimit else { throw KeyValueError.tooManyNamespaces }
            try Self.writing {
                try database.execute(
                    sql: "INSERT INTO namespace (id, title) VALUES (?, ?)",
                    arguments: [namespace.id, namespace.title])
            }
        }
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

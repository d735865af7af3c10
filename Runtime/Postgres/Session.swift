internal import FunctionRuntime

/// The connection of one database, kept from request to request.
final class Session {
    private let name: String
    private let address: () throws -> String
    private var connection: Connection?
    private var isBusy = false

    init(_ name: String, address: @escaping () throws -> String) {
        self.name = name
        self.address = address
    }

    /// Does a piece of work that begins and ends a transaction, and does it once more where it
    /// lost to a concurrent one.
    func attempt<Value>(_ work: (Connection) throws -> Value) throws -> Value {
        guard !isBusy else {
            throw SQLError.usage(
                "A transaction is open on the database \(name); use it, not the database, within.",
                "")
        }
        isBusy = true
        defer { isBusy = false }
        do {
            return try once(work)
        } catch let error as SQLError where error.isConflict {
            Log.info(
                "A transaction lost to a concurrent one, and is tried once more.",
                ["sqlState": error.sqlState ?? ""])
            return try once(work)
        }
    }

    private func once<Value>(_ work: (Connection) throws -> Value) throws -> Value {
        let connection = try open()
        do {
            return try work(connection)
        } catch {
            // The error that matters is this one; a rollback that fails breaks the connection.
            try? connection.rollBack()
            // It is closed at once, lest the server keep a transaction open until the next request.
            if connection.isBroken { self.connection = nil }
            throw error
        }
    }

    private func open() throws -> Connection {
        if let connection {
            if connection.isFresh { return connection }
            Log.info(
                "The connection to the database had gone; connecting anew.", ["database": name])
        }
        connection = nil
        let opened = try Connection(try address())
        connection = opened
        return opened
    }
}

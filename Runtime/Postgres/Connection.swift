internal import CPostgres
internal import FunctionRuntime
internal import Glibc

/// A connection to PostgreSQL, in libpq's pipeline mode (its manual, §34.5).
///
/// Statements are queued, followed by one Sync message, and leave in one write; then their answers
/// are read. So `BEGIN`, the settings, a statement and `COMMIT` take one round trip:
///
/// ```
/// → BEGIN · SELECT set_config(…) · UPDATE … · COMMIT · Sync
/// ← done  · 1 row                · 1 row    · done   · ready
/// ```
///
/// On a local socket a row found by its key takes 28 µs so, and 34 after a setting; a loop in C that
/// sends the same and reads nothing takes 25 and 30. BEGIN and COMMIT are 4 of them. PostgreSQL
/// would make one transaction of a pipeline without them too, but errors at its end would come
/// with the Sync, and no isolation level could be asked for.
///
/// After an error the server passes over everything up to the Sync, the COMMIT included. The
/// transaction is then still open and failed, so whoever gets the error rolls back, which costs
/// a second trip on the bad path only.
///
/// A connection that is kept while nobody asks may be closed by the server, by a pooler, or by a
/// restart. The server says so on the socket before it goes; and an idle server says nothing else
/// that matters. So a connection with anything to read while it is idle is not used again
/// (``isFresh``): one `poll` a request, no round trip. A loss that shows only after the request was
/// sent is reported, never repaired: the COMMIT may have arrived.
package final class Connection {
    let connection: OpaquePointer
    /// Whether libpq or the server left it in a state that nobody can go on from.
    var isBroken = false

    /// Connects.
    ///
    /// - Parameter address: a URL or a `key=value` string, as libpq reads them. What it does not
    ///   say comes from libpq's environment variables; the timeout is 5 seconds unless it says.
    /// - Throws: ``SQLError/unreachable(_:)``; its text never contains the password.
    package init(_ address: String) throws {
        let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
        // Of a parameter given twice the last counts, so the address overrides what precedes it.
        let parameters = [
            ("connect_timeout", "5"), ("fallback_application_name", name), ("dbname", address),
            ("client_encoding", "UTF8"),
        ]
        let opened = Self.withPointers(parameters.map(\.0)) { names in
            Self.withPointers(parameters.map(\.1)) { PQconnectdbParams(names, $0, 1) }
        }
        guard let opened else { throw SQLError.unreachable("there is no memory for a connection") }
        connection = opened
        PQsetNoticeReceiver(opened, { _, result in Connection.log(notice: result) }, nil)
        guard PQstatus(opened) == CONNECTION_OK, PQenterPipelineMode(opened) == 1 else {
            isBroken = true
            throw SQLError.unreachable(Self.problem(of: opened, address: address))
        }
    }

    deinit {
        PQfinish(connection)
    }

    /// Whether it can be used after having been idle.
    var isFresh: Bool {
        var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        return !isBroken && poll(&descriptor, 1, 0) == 0
    }

    /// Sends statements in one write, and waits for all their answers.
    ///
    /// - Throws: the first error of any of them.
    func pipeline(_ statements: [SQL]) throws -> [ResultSet] {
        let bound = try statements.map { try BoundStatement($0) }
        guard bound.allSatisfy({ $0.send(on: connection) }), PQpipelineSync(connection) == 1 else {
            throw lost()
        }
        do {
            return try collect(statements)
        } catch let error as SQLError {
            isBroken = isBroken || error.endsConnection || PQstatus(connection) != CONNECTION_OK
            throw error
        }
    }

    /// Ends a transaction that is open, whatever its state.
    ///
    /// - Throws: where the connection does not allow it; it is then broken, and the server rolls
    ///   back by itself.
    func rollBack() throws {
        guard !isBroken, PQtransactionStatus(connection) != PQTRANS_IDLE else { return }
        do {
            _ = try pipeline(["ROLLBACK"])
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Reads up to the answer to the Sync: for each statement its result, then a null.
    private func collect(_ statements: [SQL]) throws -> [ResultSet] {
        var results: [ResultSet] = []
        var first: SQLError?
        var nulls = 0
        reading: while true {
            guard let result = PQgetResult(connection) else {
                nulls += 1
                // Where libpq has nothing left to wait for, the Sync will not come.
                guard PQstatus(connection) == CONNECTION_OK, nulls <= statements.count else {
                    throw first ?? lost()
                }
                continue
            }
            let sql = statements[min(nulls, statements.count - 1)]
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                results.append(ResultSet(result, of: sql))
                continue
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                break reading
            case PGRES_PIPELINE_ABORTED: break
            case PGRES_FATAL_ERROR:
                // Without an SQLSTATE the words are libpq's, about the connection.
                let refusal = SQLError.Refusal(result)
                first = first ?? (refusal.sqlState.isEmpty ? lost() : .refused(refusal, sql))
            default:
                PQclear(result)
                isBroken = true
                throw SQLError.usage("COPY does not work in a pipeline.", sql)
            }
            PQclear(result)
        }
        if let first { throw first }
        return results
    }

    /// The error for a connection that broke, which it is from now on.
    func lost() -> SQLError {
        isBroken = true
        return .lost(Self.message(of: connection))
    }
}

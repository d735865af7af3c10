import Brainstorm
import FunctionCrypto
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

extension ContinueImport {
    private static let rowsAtOnce = 50

    private struct Job: Decodable {
        var place: Int
    }

    /// Does what an order says, as far as it is not done.
    func carryOut(_ order: ImportOrder, isFirst: Bool) throws {
        let importer: SQL = "SELECT app.begin_import(\(order.id), \(order.run))"
        let job = try database.row(
            "SELECT j.place FROM import_jobs j WHERE j.id = \(order.id)", as: Job.self,
            after: importer)
        guard let job else {
            return try end(order, "Who has started it is no admin any more.")
        }
        guard job.place == order.place else {
            if !isFirst { try send(order, at: job.place) }
            return
        }
        guard let rows = try pending(order) else {
            return try end(order, "Its rows are gone, or cannot be opened; send the file again.")
        }
        let next = rows.dropFirst(order.place).prefix(Self.rowsAtOnce)
        let accounts = try ImportRow.accounts(of: next) { try Password.hash($0) }
        try database.run(
            "SELECT id FROM import_rows(\(order.id), \(order.place), \(accounts))",
            after: importer)
        if next.endIndex < rows.endIndex {
            try send(order, at: next.endIndex)
        } else {
            try imports.delete(order.key)
        }
    }

    private func send(_ order: ImportOrder, at place: Int) throws {
        try orders.send(json: ImportOrder(id: order.id, run: order.run, place: place))
    }

    /// The rows of a run; nil where they are gone, or were sealed with another secret.
    private func pending(_ order: ImportOrder) throws -> [ImportRow]? {
        guard let object = try imports.get(order.key) else { return nil }
        do {
            return try order.open(object.body, with: secret)
        } catch is SealingKey.Problem {
            return nil
        }
    }

    /// Ends a run that is under way, and deletes the rows of any.
    func end(_ order: ImportOrder, _ reason: String) throws {
        try database.run("SELECT fail_import(\(order.id), \(order.run), \(reason))")
        try imports.delete(order.key)
    }
}

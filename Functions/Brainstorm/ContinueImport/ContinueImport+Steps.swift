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
        var candidates: Int
    }

    /// Does what an order says, as far as it is not done.
    func carryOut(_ order: ImportOrder, isFirst: Bool) throws {
        let importer: SQL = "SELECT app.begin_import(\(order.id), \(order.run))"
        let job = try database.row(
            "SELECT j.place, j.candidates FROM import_jobs j WHERE j.id = \(order.id)",
            as: Job.self, after: importer)
        guard let job else {
            return try end(order, "Who has started it is no admin any more.")
        }
        guard job.place == order.place else {
            if !isFirst { try send(order, at: job.place) }
            return
        }
        let first = order.place % ImportOrder.rowsTogether
        guard let rows = try pending(order), first < rows.count else {
            return try end(order, "Its rows are gone, or cannot be opened; send the file again.")
        }
        let next = rows.dropFirst(first).prefix(Self.rowsAtOnce)
        let accounts = try ImportRow.accounts(of: next) { try Password.hash($0) }
        try database.run(
            "SELECT id FROM import_rows(\(order.id), \(order.place), \(accounts))",
            after: importer)
        let place = order.place + next.count
        guard place < job.candidates else { return try deleteRows(of: order) }
        if next.endIndex == rows.endIndex { try imports.delete(order.key) }
        try send(order, at: place)
    }

    private func send(_ order: ImportOrder, at place: Int) throws {
        try orders.send(json: ImportOrder(id: order.id, run: order.run, place: place))
    }

    /// The rows that are sealed with the next; nil where they are gone, or were sealed with another
    /// secret.
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
        try deleteRows(of: order)
    }

    /// Deletes the sealed rows of a run, and what one before has left when it was cut off.
    private func deleteRows(of order: ImportOrder) throws {
        try imports.each(prefix: order.prefix) { object in
            if order.isOver(object.key) { try imports.delete(object.key) }
        }
    }
}

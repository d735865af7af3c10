import Brainstorm
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

extension ImportParticipants {
    /// As many rows as can be hashed in a few seconds.
    private static let limit = 200

    struct Output: Codable {
        var message: String
        var imported: [Imported]
        var errors: [ImportRow.Problem]

        init(_ imported: [Imported], _ roster: Roster) {
            message = "\(imported.count) of \(roster.rowCount) rows were imported."
            self.imported = imported
            errors = roster.problems
        }
    }

    struct Imported: Codable {
        var id: Participant.ID
        var username: String
    }

    /// The answer where the rest is done later.
    private struct Accepted: Codable {
        var message: String
        var `import`: ImportProgress
    }

    struct Run: Decodable {
        var id: ImportOrder.ID
        var run: Int
        var place: Int
        var resumes: Bool
    }

    /// A run, what it has made at once, and where it stands.
    struct Begun {
        var run: Run
        var imported: [Imported]
        var progress: ImportProgress
    }

    /// Begins a run, and makes its participants where they are few.
    func begin(_ start: SQL, _ roster: Roster, after caller: SQL) throws -> Begun {
        let isSmall = roster.candidates.count <= Self.limit
        if !isSmall { _ = try ImportOrder.sealingKey(secret) }
        let accounts = try ImportRow.accounts(of: isSmall ? roster.candidates : []) {
            try Password.hash($0)
        }
        return try database.transaction(after: caller) { db in
            let run = try db.only(start, as: Run.self)
            let imported =
                isSmall && !run.resumes
                ? try db.rows(
                    "SELECT id, username FROM import_rows(\(run.id), 0, \(accounts))",
                    as: Imported.self) : []
            let progress = try db.only(
                "SELECT \(ImportProgress.columns) FROM import_jobs j WHERE j.id = \(run.id)",
                as: ImportProgress.self)
            return Begun(run: run, imported: imported, progress: progress)
        }
    }

    /// Has the rest of a run done in the background.
    ///
    /// What fails here is made good when the file comes again: a run whose rows are not all in the
    /// bucket is begun anew, and one that is under way gets one more order.
    func goOn(_ begun: Begun, _ rows: [ImportRow]) throws -> Response {
        let run = begun.run
        let order = ImportOrder(id: run.id, run: run.run, place: run.place)
        if !run.resumes {
            try depending(on: "The store of imported files") {
                for start in stride(from: 0, to: rows.count, by: ImportOrder.rowsTogether) {
                    let part = ImportOrder(id: run.id, run: run.run, place: start)
                    let end = min(start + ImportOrder.rowsTogether, rows.count)
                    try imports.put(
                        part.key, try part.seal(Array(rows[start..<end]), with: secret))
                }
            }
            try database.run("SELECT ready_import(\(run.id), \(run.run))")
        }
        try depending(on: "The queue of imports") { _ = try orders.send(json: order) }
        let message =
            run.resumes
            ? "The import of this file is under way."
            : "\(rows.count) of \(begun.progress.rows) rows are imported in the background."
        let address =
            try AppAddress.url(of: appURL) + "/api/admin/participants/imports/\(run.id)"
        return try .json(Accepted(message: message, import: begun.progress), status: 202)
            .adding("location", address)
    }
}

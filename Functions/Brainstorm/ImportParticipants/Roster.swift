import Brainstorm
import BrainstormFiles
import FunctionRuntime
import FunctionTables

/// The rows of a file of participants, good and bad.
struct Roster {
    /// What a row must be.
    private struct Row: Decodable {
        var teamName: Text<0, 100>?
        var school: Text<0, 200>?
        var username: Username
        var password: Text<8, 128>
        var days: Whole<0, 1000>?
        var brokers: Whole<0, 1000>?
    }

    private static let columns = [
        "teamName", "school", "username", "password", "days", "brokers",
    ]
    /// What ExportParticipants adds; nothing of it is imported.
    private static let others = [
        "id", "email", "displayName", "startingBalance", "cashBalance", "portfolioValue", "active",
    ]

    private(set) var candidates: [ImportRow] = []
    private(set) var problems: [ImportRow.Problem] = []
    /// The file as it is kept: as CSV, with no password below the header.
    let textWithoutPasswords: [UInt8]

    var rowCount: Int { candidates.count + problems.count }

    /// - Throws: 400 where it is no table with these columns.
    init(_ table: Table) throws {
        let header = table.header(knowing: Self.columns + Self.others)
        let own = header.filter { !Self.others.contains($0) }
        guard own.sorted() == Self.columns.sorted(), Set(header).count == header.count,
            let password = header.firstIndex(of: "password")
        else {
            throw Failure.badRequest(
                "The first line must name these columns, each once and in any order: "
                    + "\(Self.columns.joined(separator: ", ")).")
        }
        textWithoutPasswords = Self.text(of: table, without: password)
        for row in table.rows.dropFirst() { read(row, header) }
    }

    /// The table with one column emptied below its header.
    ///
    /// A row with more or fewer fields than the header is an empty line: what stands in the
    /// column cannot be told.
    private static func text(of table: Table, without column: Int) -> [UInt8] {
        let header = table.rows.first?.fields ?? []
        var last = table.rows.first?.number ?? 0
        var rows: [[Sheet.Cell]] = []
        for row in table.rows.dropFirst() {
            rows += Array(repeating: [], count: row.number - last - 1)
            last = row.number
            let fields = row.fields.count == header.count ? row.fields : []
            rows.append(
                fields.enumerated().map { $0.offset == column ? .blank : .text($0.element) })
        }
        return Sheet("", header: header, rows: rows).csv(delimiter: table.delimiter)
    }

    private mutating func read(_ row: Table.Row, _ header: [String]) {
        guard row.fields.count == header.count else {
            let words = "The row has \(row.fields.count) fields; the header has \(header.count)."
            problems.append(.init(row: row.number, error: words))
            return
        }
        let fields = Dictionary(uniqueKeysWithValues: zip(header, row.fields))
        let data = ImportRow.Cells(
            teamName: fields["teamName"], school: fields["school"], username: fields["username"],
            days: fields["days"], brokers: fields["brokers"])
        // An empty cell is none.
        let members = fields.filter { !$0.value.isEmpty && Self.columns.contains($0.key) }
            .map { JSON.Member($0.key, .string($0.value)) }
        do {
            let good = try JSON.object(members).decode(as: Row.self, lenient: true)
            candidates.append(
                ImportRow(
                    row: row.number, username: good.username.value, password: good.password.value,
                    teamName: good.teamName?.value, school: good.school?.value,
                    days: good.days?.value, brokers: good.brokers?.value, data: data))
        } catch {
            let details = (error as? Failure)?.details ?? []
            let words = details.map { "\($0.path): \($0.message)" }.joined(separator: " ")
            problems.append(.init(row: row.number, error: words, data: data))
        }
    }

    /// Turns into problems those whose username is another's, or that of a row before.
    mutating func refuse(_ taken: some Sequence<String>) {
        var taken = Set(taken)
        keep { taken.insert($0.username).inserted }
    }

    /// Turns into problems those that did not become participants.
    mutating func keep(only usernames: some Sequence<String>) {
        let usernames = Set(usernames)
        keep { usernames.contains($0.username) }
    }

    private mutating func keep(_ isGood: (ImportRow) -> Bool) {
        var kept: [ImportRow] = []
        for candidate in candidates {
            if isGood(candidate) {
                kept.append(candidate)
            } else {
                problems.append(
                    .init(
                        row: candidate.row, error: "Another participant has this username.",
                        data: candidate.data))
            }
        }
        candidates = kept
        problems.sort { $0.row < $1.row }
    }
}

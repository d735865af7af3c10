import Brainstorm
import FunctionRuntime

/// The rows of a file of participants, good and bad.
struct Roster {
    /// What a row must be.
    struct Row: Decodable {
        var teamName: Text<0, 100>?
        var school: Text<0, 200>?
        var username: Username
        var password: Text<8, 128>
        var days: Whole<0, 1000>?
        var brokers: Whole<0, 1000>?
    }

    /// A good row.
    struct Candidate {
        /// As spreadsheets count: the header is 1.
        var number: Int
        var row: Row
        var data: Data
    }

    /// What a row says, its password aside.
    struct Data: Codable {
        var teamName, school, username, days, brokers: String?
    }

    /// A row that cannot be imported.
    struct Problem: Codable {
        var row: Int
        var error: String
        /// Nil where it cannot be told which field is the password.
        var data: Data?
    }

    /// As many rows as can be hashed in a few seconds.
    static let limit = 200
    private static let columns = [
        "teamName", "school", "username", "password", "days", "brokers",
    ]

    private(set) var candidates: [Candidate] = []
    private(set) var problems: [Problem] = []
    /// The file as it is kept.
    let textWithoutPasswords: [UInt8]

    var rowCount: Int { candidates.count + problems.count }

    /// - Throws: 400 where it is no table with these columns, 413 where it has too many rows.
    init(_ file: [UInt8]) throws {
        let table: CSV
        do {
            table = try CSV(file)
        } catch {
            throw Failure.badRequest(
                "The file cannot be read as CSV, line \(error.line): \(error.problem)")
        }
        let header = (table.records.first ?? []).map { name in
            let name = name.filter { $0 != " " }.lowercased()
            return Self.columns.first { $0.lowercased() == name } ?? name
        }
        guard header.sorted() == Self.columns.sorted(),
            let password = header.firstIndex(of: "password")
        else {
            throw Failure.badRequest(
                "The first line must name these columns, each once and in any order: "
                    + "\(Self.columns.joined(separator: ", ")).")
        }
        textWithoutPasswords = table.text(without: password)
        for (index, record) in table.records.enumerated().dropFirst() where !record.isEmpty {
            guard rowCount < Self.limit else {
                throw Failure(
                    413, "too-many-rows",
                    "The file has more than \(Self.limit) rows, as many as one import takes; "
                        + "split it.")
            }
            read(record, number: index + 1, header)
        }
    }

    private mutating func read(_ record: [String], number: Int, _ header: [String]) {
        guard record.count == header.count else {
            let words = "The row has \(record.count) fields; the header has \(header.count)."
            problems.append(Problem(row: number, error: words))
            return
        }
        let fields = Dictionary(uniqueKeysWithValues: zip(header, record))
        let data = Data(
            teamName: fields["teamName"], school: fields["school"], username: fields["username"],
            days: fields["days"], brokers: fields["brokers"])
        // An empty cell is none.
        let members = fields.filter { !$0.value.isEmpty }
            .map { JSON.Member($0.key, .string($0.value)) }
        do {
            let row = try JSON.object(members).decode(as: Row.self, lenient: true)
            candidates.append(Candidate(number: number, row: row, data: data))
        } catch {
            let details = (error as? Failure)?.details ?? []
            let words = details.map { "\($0.path): \($0.message)" }.joined(separator: " ")
            problems.append(Problem(row: number, error: words, data: data))
        }
    }

    /// Turns into problems those whose username is another's, or that of a row before.
    mutating func refuse(_ taken: some Sequence<String>) {
        var taken = Set(taken)
        keep { taken.insert($0.row.username.value).inserted }
    }

    /// Turns into problems those that did not become participants.
    mutating func keep(only usernames: some Sequence<String>) {
        let usernames = Set(usernames)
        keep { usernames.contains($0.row.username.value) }
    }

    private mutating func keep(_ isGood: (Candidate) -> Bool) {
        var kept: [Candidate] = []
        for candidate in candidates {
            if isGood(candidate) {
                kept.append(candidate)
            } else {
                problems.append(
                    Problem(
                        row: candidate.number, error: "Another participant has this username.",
                        data: candidate.data))
            }
        }
        candidates = kept
        problems.sort { $0.row < $1.row }
    }
}

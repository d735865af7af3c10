public import FunctionCrypto
public import FunctionRuntime

/// A row of a file that can become a participant.
public struct ImportRow: Codable, Sendable {
    /// What a row says, its password aside.
    public struct Cells: Codable, Sendable {
        public var teamName, school, username, days, brokers: String?

        public init(
            teamName: String?, school: String?, username: String?, days: String?, brokers: String?
        ) {
            self.teamName = teamName
            self.school = school
            self.username = username
            self.days = days
            self.brokers = brokers
        }
    }

    /// A row that cannot.
    public struct Problem: Codable, Sendable {
        /// As spreadsheets count: the header is 1.
        public var row: Int
        public var error: String
        /// Nil where it cannot be told which field is the password.
        public var data: Cells?

        public init(row: Int, error: String, data: Cells? = nil) {
            self.row = row
            self.error = error
            self.data = data
        }
    }

    /// As spreadsheets count: the header is 1.
    public var row: Int
    public var username, password: String
    public var teamName, school: String?
    public var days, brokers: Int?
    public var data: Cells

    public init(
        row: Int, username: String, password: String, teamName: String?, school: String?,
        days: Int?, brokers: Int?, data: Cells
    ) {
        self.row = row
        self.username = username
        self.password = password
        self.teamName = teamName
        self.school = school
        self.days = days
        self.brokers = brokers
        self.data = data
    }

    /// What `import_rows` takes of some rows.
    ///
    /// A participant is shown by the name of his team, or else by his username.
    ///
    /// - Parameters:
    ///   - rows: each becomes a participant.
    ///   - hash: makes the hash of a password.
    /// - Returns: an array, without any password.
    /// - Throws: what `hash` throws.
    public static func accounts(
        of rows: some Sequence<ImportRow>, hash: (String) throws -> String
    ) throws -> JSON {
        .array(
            try rows.map { row in
                guard case .object(let members) = try JSON(encoding: row) else { return .null }
                return .object(
                    members.filter { $0.name != "password" } + [
                        .init("displayName", .string(row.teamName ?? row.username)),
                        .init("passwordHash", .string(try hash(row.password))),
                    ])
            })
    }
}

/// The order to go on with an import: a message of the queue `imports`.
public struct ImportOrder: Codable, Sendable {
    public typealias ID = FunctionRuntime.ID<ImportOrder>

    /// The name of the queue.
    public static let queue = "imports"

    /// Which import, and which run of it.
    public var id: ID
    public var run: Int
    /// How many of its rows are done.
    public var place: Int

    public init(id: ID, run: Int, place: Int) {
        self.id = id
        self.run = run
        self.place = place
    }

    /// How many rows are sealed together.
    public static let rowsTogether = 250

    /// What the keys of all rows of the import start with, whatever the run.
    public var prefix: String { "pending/\(id)/" }

    /// Whether a key is that of rows of this run, or of one before.
    public func isOver(_ key: String) -> Bool {
        let run = key.dropFirst(prefix.count).prefix { $0 != "/" }
        return Int(run).map { $0 <= self.run } ?? false
    }

    /// Where in the bucket the next rows wait, sealed, as their passwords are in them.
    public var key: String { "\(prefix)\(run)/\(place / Self.rowsTogether)" }

    /// Seals rows for this key.
    public func seal(_ rows: [ImportRow], with secret: Variable) throws -> [UInt8] {
        try Self.sealingKey(secret).seal(try JSON(encoding: rows).bytes, for: key)
    }

    /// - Throws: ``SealingKey/Problem`` where they were sealed with another secret.
    public func open(_ sealed: [UInt8], with secret: Variable) throws -> [ImportRow] {
        try JSON(parsing: Self.sealingKey(secret).open(sealed, for: key)).decode()
    }

    /// - Throws: ``MissingVariable``.
    public static func sealingKey(_ secret: Variable) throws -> SealingKey {
        SealingKey(
            from: try Environment.require(secret.name, for: "an import in the background"),
            for: "brainstorm imports")
    }
}

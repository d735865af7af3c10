import FunctionRuntime

/// The copy of the runner that serves on a state folder, as the commands see it that are its
/// clients: where it answers, and with which credentials.
struct RunningCopy: Sendable {
    let port: Int
    let credentials: Credentials

    /// Finds it.
    ///
    /// - Throws: ``RunnerError`` where nothing serves on the state folder.
    init(_ common: CommonOptions) throws {
        let state = try common.stateFolder(in: common.workspace())
        guard try StateLock.isHeld(in: state), let holder = StateLock.holder(in: state) else {
            throw RunnerError(
                """
                Nothing runs on the state folder \(state.path). Start the runner first, with \
                "local-runner up" and the same --state.
                """)
        }
        guard holder.port != 0 else {
            throw RunnerError(
                """
                The state folder \(state.path) is in use by \(holder.description), which serves \
                nothing. Try again when it has ended, and "local-runner up" runs.
                """)
        }
        port = holder.port
        credentials = try Credentials(in: state)
    }

    /// Where it answers; a path is to follow.
    var url: String { "http://127.0.0.1:\(port)" }
}

/// What a command has to show: lines for people, or JSON for programs.
struct Listing {
    /// The names of the columns.
    var columns: [String]
    /// Each with a cell a column.
    var rows: [[String]]
    /// What to say where there is no row.
    var nothing: String

    /// The rows below their columns' names, each column as wide as it needs to be.
    var lines: [String] {
        guard !rows.isEmpty else { return [nothing] }
        let clean = rows.map { row in row.map(Self.printable) }
        return Routes.align([columns.map { $0.uppercased() }] + clean)
    }

    /// A text on one line, and without what a terminal would take for a command.
    private static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
            })
    }
}

import FunctionHTTP
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

    /// Sends JSON to one of its services, and gives the JSON of the answer.
    ///
    /// - Parameters:
    ///   - method: in capitals.
    ///   - path: percent-encoded, with its query.
    ///   - token: what the service wants to be shown.
    ///   - body: nil for none.
    ///   - options: of the client.
    /// - Returns: the answer's body; null where it is empty.
    /// - Throws: ``RunnerError`` with the service's own words where it refuses.
    func send(
        _ method: String, _ path: String, token: String, body: JSON? = nil,
        _ options: HTTP.Options = .init()
    ) throws -> JSON {
        var request = HTTP.Request(method, url + path)
        request.headers["authorization"] = "Bearer \(token)"
        if let body {
            request.headers["content-type"] = "application/json"
            request.body = .bytes(body.bytes)
        }
        let response = try HTTP(options).send(request)
        let answer = try? JSON(parsing: response.body)
        if !response.isSuccess, let message = Self.message(in: answer) {
            throw RunnerError(message)
        }
        guard let answer = try response.checked().body.isEmpty ? .null : answer else {
            throw RunnerError("\(response.request) was answered with something else than JSON.")
        }
        return answer
    }

    /// Asks the running copy itself, below `/_/`; it waits for as long as that takes.
    ///
    /// - Parameters:
    ///   - method: in capitals.
    ///   - path: below `/_/`, such as `clock/advance`.
    ///   - input: nil for none.
    /// - Returns: the answer's body.
    /// - Throws: ``RunnerError`` in the copy's words where it refuses.
    func administer(_ method: String, _ path: String, _ input: JSON? = nil) throws -> JSON {
        var options = HTTP.Options()
        // Advancing the clock by a year takes as long as what is due in it.
        (options.timeout, options.stallTimeout) = (nil, .seconds(86_400))
        return try send(
            method, "/_/\(path)", token: credentials.adminToken, body: input, options)
    }

    /// What a service says of a failure: `message` in Resend's and the runner's own answers, and
    /// within `errors` in Cloudflare's.
    private static func message(in answer: JSON?) -> String? {
        if case .array(let errors)? = answer?["errors"] { return errors.first?["message"]?.text }
        return answer?["message"]?.text
    }
}

/// What a command has to show: lines for people, or JSON for programs.
struct Listing {
    /// The names of the columns.
    var columns: [String]
    /// Each with a cell a column.
    var rows: [[String]]
    /// What to say where there is no row.
    var nothing: String

    /// Prints the lines, or the JSON if that is asked for.
    ///
    /// - Parameter json: nil, or null (which is what a literal `nil` becomes beside JSON), for the
    ///   lines.
    func print(json: JSON?) {
        guard let json, json != .null else {
            return Swift.print(lines.joined(separator: "\n"))
        }
        Swift.print(json.pretty)
    }

    /// The rows below their columns' names, each column as wide as it needs to be.
    var lines: [String] {
        guard !rows.isEmpty else { return [nothing] }
        let clean = rows.map { row in row.map(Self.printable) }
        return Routes.align([columns.map { $0.uppercased() }] + clean)
    }

    /// A text on one line, and without what a terminal would take for a command.
    static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
            })
    }
}

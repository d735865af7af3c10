import FunctionRuntime

/// One way in which a function is run: standard input, CGI, a web server.
protocol FunctionHost: Sendable {
    /// As messages name it.
    var name: String { get }
    /// As the command line names it, and databases that it uses.
    var key: String { get }
    /// What it does not carry of answers, for whoever reads the sum.
    var note: String? { get }

    /// Whether it can carry a fixture's request at all.
    func carries(_ fixture: Fixture) -> Bool
    func answer(_ call: FunctionCall) throws -> FunctionAnswer
}

extension FunctionHost {
    var note: String? { nil }

    func carries(_ fixture: Fixture) -> Bool { true }
}

/// The hosts that a fixture is replayed through, by the names of the command line.
enum ReplayHost: String, CaseIterable, Sendable {
    case stdin
    case cgi
    case fastcgi
    case lambda
    case openfaas

    /// The host itself, which runs functions under a guard.
    func make(under processes: Guard) -> any FunctionHost {
        switch self {
        case .stdin: StandardInputHost(processes: processes)
        case .cgi: CGIHost(processes: processes)
        case .fastcgi: FastCGIHost(processes: processes)
        case .lambda: LambdaHost(processes: processes)
        case .openfaas: OpenFaaSHost(processes: processes)
        }
    }
}

extension FunctionCall {
    /// How many seconds a function may take.
    static let patience = 60

    /// Runs the function to its end.
    ///
    /// - Parameters:
    ///   - variables: what the host sets, beside the environment of the call.
    ///   - input: what the function reads.
    ///   - processes: under whom it runs.
    /// - Returns: how it ended, and what it wrote.
    /// - Throws: ``RunnerError`` where it takes too long.
    func run(
        adding variables: [String: String] = [:], input: [UInt8], under processes: Guard
    ) throws -> Guard.Output {
        let outcome = try processes.output(
            of: ChildProcess(
                executable: executable, environment: environment.merging(variables) { $1 }),
            input: input, isReadingErrors: true, seconds: Int64(Self.patience))
        guard !outcome.isOverdue else {
            throw RunnerError(
                "\(executable) was still running after \(Self.patience) seconds, and was killed.")
        }
        return outcome
    }
}

extension Guard.Output {
    /// Reads what a function wrote that ended well.
    func answer(_ read: ([UInt8]) throws -> FunctionAnswer) throws -> FunctionAnswer {
        guard status == .exited(0) else {
            throw RunnerError("The function \(status). It wrote: \(errors.asText)")
        }
        do {
            var answer = try read(output)
            answer.log = errors.asText
            return answer
        } catch {
            throw RunnerError("\(error) On standard error it wrote: \(errors.asText)")
        }
    }
}

import FunctionRuntime

/// One way in which a function is run: standard input, CGI, a web server.
public protocol FunctionHost: Sendable {
    /// As messages name it.
    var name: String { get }
    /// As databases that it uses are named after it.
    var key: String { get }
    func answer(_ call: Call) throws -> Answer
}

/// JSON on standard input.
public struct StandardInputHost: FunctionHost {
    public let name = "standard input"
    public let key = "stdin"

    public init() {}

    public func answer(_ call: Call) throws -> Answer {
        let outcome = try Program.run(
            call.executable, environment: call.environment, input: call.envelope.bytes)
        return try outcome.answer { try Answer(line: $0) }
    }
}

/// CGI as RFC 3875 has it, the server's side of it in a few lines.
public struct CGIHost: FunctionHost {
    public let name = "CGI"
    public let key = "cgi"

    public init() {}

    public func answer(_ call: Call) throws -> Answer {
        let outcome = try Program.run(
            call.executable,
            environment: call.environment.merging(call.metaVariables) { $1 },
            input: call.request.body)
        return try outcome.answer { try Answer(document: $0) }
    }
}

extension Program.Outcome {
    fileprivate func answer(_ read: ([UInt8]) throws -> Answer) throws -> Answer {
        let log = errors.asText
        guard status == 0 else {
            throw TestError("The function ended with status \(status). It wrote: \(log)")
        }
        do {
            var answer = try read(output)
            answer.log = log
            return answer
        } catch {
            throw TestError("\(error) On standard error it wrote: \(log)")
        }
    }
}

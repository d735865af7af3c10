@testable import LocalRunner

/// Runs a program to its end: input in, output and errors out, all at once.
public enum Program {
    public struct Outcome: Sendable {
        public var output: [UInt8]
        public var errors: [UInt8]
        /// As a shell has it: the exit code, or 128 and the signal's number.
        public var status: Int32
    }

    /// - Parameters:
    ///   - path: of the executable; it is not searched for.
    ///   - arguments: without the program's own name.
    ///   - environment: the whole of it.
    ///   - input: what it reads on standard input.
    ///   - patience: after so many seconds it is killed, and its test fails.
    /// - Returns: what it wrote and how it ended.
    /// - Throws: ``TestError`` or ``SystemCallError`` where it does not start or does not end.
    public static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        input: [UInt8] = [], patience: Int64 = 60
    ) throws -> Outcome {
        let child = ChildProcess(
            executable: path, arguments: arguments, environment: environment)
        let outcome = try Children.processes.get().output(
            of: child, input: input, isReadingErrors: true, seconds: patience)
        guard !outcome.isOverdue else {
            throw TestError("\(path) was still running after \(patience) seconds, and was killed.")
        }
        let code: Int32 =
            switch outcome.status {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(output: outcome.output, errors: outcome.errors, status: code)
    }
}

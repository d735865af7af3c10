import Foundation

/// What a function has written during one invocation, as Lambda's `Tail` shows it: the last 4 KB,
/// with the platform's own lines.
final class InvocationLog {
    private static let limit = 4096

    private var text: [UInt8] = []
    private var id = ""
    private var start = ContinuousClock.now

    func begin(_ id: String) {
        self.id = id
        start = .now
        text = Array("START RequestId: \(id) Version: $LATEST\n".utf8)
    }

    func append(_ line: [UInt8]) {
        text += line
        text.append(UInt8(ascii: "\n"))
        if text.count > 16 * Self.limit { text.removeFirst(text.count - Self.limit) }
    }

    /// - Parameter memory: the most that the process has had, in kilobytes.
    /// - Returns: the log.
    func end(memory: Int) -> [UInt8] {
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        let duration = String(format: "%.2f", milliseconds)
        let report = """
            END RequestId: \(id)
            REPORT RequestId: \(id)\tDuration: \(duration) ms\t\
            Billed Duration: \(Int(milliseconds.rounded(.up))) ms\t\
            Memory Size: \(LambdaEnvironment.memory) MB\tMax Memory Used: \(memory / 1024) MB\t\n
            """
        return (text + Array(report.utf8)).suffix(Self.limit)
    }
}

extension WorkerProcess {
    /// The most memory that it has had, in kilobytes; 0 where nobody can tell any more.
    var peakMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
            .flatMap { Int($0) } ?? 0
    }
}

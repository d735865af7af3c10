import Foundation
import Glibc

/// What the runner tells whoever started it: steps as they happen, each with its time.
struct Terminal {
    private let start = ContinuousClock.now

    /// Prints a line, at once.
    func print(_ line: String = "") {
        Swift.print(line)
        fflush(nil)
    }

    /// Does a step, and prints what came of it.
    ///
    /// The name shows at once, on a terminal, as some steps take their time; the work returns what
    /// to say of it beside its name.
    func step<Value>(_ name: String, _ work: () throws -> (Value, String)) throws -> Value {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        if isTerminal {
            Swift.print("  \(name) …", terminator: "")
            fflush(nil)
        }
        let began = ContinuousClock.now
        do {
            let (value, result) = try work()
            if isTerminal { Swift.print("\r\u{1B}[K", terminator: "") }
            print(
                "  \(Self.pad(name, to: 14))\(Self.seconds(ContinuousClock.now - began))  \(result)"
            )
            return value
        } catch {
            if isTerminal { print() }
            throw error
        }
    }

    /// The time since the program has started.
    var total: String { Self.seconds(ContinuousClock.now - start) }

    private static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return String(format: "%6.2f s", seconds)
    }

    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

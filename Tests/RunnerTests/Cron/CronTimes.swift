import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Milliseconds since 1970 of a text such as `2020-08-23 00:05`.
func milliseconds(_ text: String) throws -> Int64 {
    try #require(Timestamp("\(text):00Z"), "\(text) is no time.").milliseconds
}

extension CronExpression {
    /// Whether it fires in the minute of a time.
    func fires(at time: String) throws -> Bool {
        let moment = try milliseconds(time)
        return next(after: moment - 1) == moment
    }

    /// The times after one and before another, as text.
    func times(after start: Int64, before end: Int64) -> [String] {
        var times: [String] = []
        var time = start
        while let next = next(after: time), next < end {
            times.append(
                String("\(Timestamp(milliseconds: next))".prefix(16))
                    .replacing("T", with: " "))
            time = next
        }
        return times
    }

    /// The first times after one, as text.
    func times(after start: String, count: Int) throws -> [String] {
        var times: [String] = []
        var time = try milliseconds(start)
        while times.count < count, let next = next(after: time) {
            times.append(
                String("\(Timestamp(milliseconds: next))".prefix(16))
                    .replacing("T", with: " "))
            time = next
        }
        return times
    }
}

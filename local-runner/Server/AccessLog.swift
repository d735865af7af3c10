import Glibc
import NIOCore

/// A line for each request: time, status, method, path, duration, function, id.
///
///     03:51:22 200 GET /brainstorm/api/news 1.24 ms Brainstorm/ListNews 2hk3f0xq-1
///
/// The query stays out of it: it may hold what nobody should read. What no client has asked for
/// stands there as `EVENT`. A connection that is held has its line when that begins, with
/// `held stream` or `held response` at its end, and none after.
struct AccessLog {
    private var second = 0
    private var clock = ""

    mutating func line(_ answer: Answer, for call: Call, note: String = "") -> [UInt8] {
        let now = time(nil)
        if now != second {
            second = now
            clock = ResponseWriter.format(now, "%H:%M:%S", with: localtime_r)
        }
        let hundredths = Int((NIODeadline.now() - call.taken).nanoseconds / 10_000)
        var line: [UInt8] = []
        line.reserveCapacity(128)
        line += clock.utf8
        line.append(UInt8(ascii: " "))
        line += String(answer.status).utf8
        line.append(UInt8(ascii: " "))
        line += (call.isAwaited ? "EVENT" : call.method).utf8
        line.append(UInt8(ascii: " "))
        line += call.path.utf8
        line.append(UInt8(ascii: " "))
        line += String(hundredths / 100).utf8
        line.append(UInt8(ascii: "."))
        line.append(UInt8(ascii: "0") + UInt8(hundredths / 10 % 10))
        line.append(UInt8(ascii: "0") + UInt8(hundredths % 10))
        line += " ms ".utf8
        line += (call.pool?.mount.name ?? "-").utf8
        line.append(UInt8(ascii: " "))
        line += call.id.utf8
        if !note.isEmpty { line += " \(note)".utf8 }
        return line
    }
}

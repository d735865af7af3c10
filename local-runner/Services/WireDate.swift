import CLinux
import Glibc

/// The ways in which AWS and HTTP write a moment, in UTC and whole seconds.
enum WireDate {
    /// Reads `20261121T063000Z`.
    static func milliseconds(basic text: String) -> Int64? {
        text.utf8.count == 16 ? milliseconds(text, "%Y%m%dT%H%M%SZ") : nil
    }

    /// Reads the three forms of RFC 9110 §5.6.7, and the offset `+0000` that mail has.
    static func milliseconds(http text: String) -> Int64? {
        milliseconds(text, "%a, %d %b %Y %H:%M:%S GMT")
            ?? milliseconds(text, "%a, %d %b %Y %H:%M:%S +0000")
            ?? milliseconds(text, "%A, %d-%b-%y %H:%M:%S GMT")
            ?? milliseconds(text, "%a %b %e %H:%M:%S %Y")
    }

    private static func milliseconds(_ text: String, _ pattern: String) -> Int64? {
        var fields = tm()
        let isWhole = text.withCString { start in
            strptime(start, pattern, &fields).map { $0.pointee == 0 } ?? false
        }
        return isWhole ? Int64(timegm(&fields)) * 1000 : nil
    }

    /// Writes `20261121T063000Z`.
    static func basic(_ milliseconds: Int64) -> String {
        text(milliseconds, "%Y%m%dT%H%M%SZ")
    }

    /// Writes `Sat, 21 Nov 2026 06:30:00 GMT`.
    static func http(_ milliseconds: Int64) -> String {
        text(milliseconds, "%a, %d %b %Y %H:%M:%S GMT")
    }

    /// Writes `21/Nov/2026:06:30:00 +0000`, as logs of web servers and API Gateway do.
    static func log(_ milliseconds: Int64) -> String {
        text(milliseconds, "%d/%b/%Y:%H:%M:%S +0000")
    }

    private static func text(_ milliseconds: Int64, _ pattern: String) -> String {
        var second = time_t(milliseconds / 1000)
        var fields = tm()
        gmtime_r(&second, &fields)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            strftime(text.baseAddress, text.count, pattern, &fields)
            return text.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}

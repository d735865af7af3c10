import FunctionRuntime

/// When a scheduled message is to be sent, as a request says it.
///
/// Resend reads ISO 8601 and English. Of the latter only `in 5 minutes` and its like are read here,
/// as anything else would be a guess at what Resend makes of it.
enum SendingTime {
    /// How far ahead a message may be scheduled, in milliseconds.
    private static let limit: Int64 = 30 * 86_400_000

    private static let units: [(names: [String], milliseconds: Int64)] = [
        (["s", "sec", "secs", "second", "seconds"], 1000),
        (["m", "min", "mins", "minute", "minutes"], 60_000),
        (["h", "hr", "hrs", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
        (["w", "week", "weeks"], 604_800_000),
    ]

    /// - Parameters:
    ///   - text: as it was sent.
    ///   - now: in epoch milliseconds.
    /// - Returns: in epoch milliseconds; a time that has passed is now.
    /// - Throws: ``MailError`` where it cannot be read, or is too far ahead.
    static func read(_ text: String, now: Int64) throws(MailError) -> Int64 {
        guard let time = Timestamp(text)?.milliseconds ?? relative(text).map({ now + $0 }) else {
            throw .invalid(
                """
                Invalid `scheduled_at` field. The local runner reads ISO 8601, such as \
                2024-08-05T11:52:01.858Z, and times such as "in 5 minutes".
                """)
        }
        guard time <= now + limit else {
            throw .invalid(
                "Invalid `scheduled_at` field. Emails can be scheduled up to 30 days in advance.")
        }
        return max(time, now)
    }

    private static func relative(_ text: String) -> Int64? {
        let words = text.lowercased().split(separator: " ")
        guard words.count == 3, words[0] == "in" else { return nil }
        let number = ["a", "an", "one"].contains(words[1]) ? 1 : Int64(words[1])
        let unit = units.first { $0.names.contains(String(words[2])) }
        guard let number, let unit, (1...1_000_000).contains(number) else { return nil }
        return number * unit.milliseconds
    }
}

import Foundation
import FunctionRuntime

/// A value with what is known of it.
struct Entry: Sendable {
    var value: Data
    /// When it ends, in epoch seconds.
    var expiration: Int64?
    /// JSON text.
    var metadata: String?

    static let valueLimit = 25 << 20
    static let metadataLimit = 1024

    /// Refuses what is larger than Cloudflare stores.
    func check() throws(KeyValueError) {
        guard value.count <= Self.valueLimit else {
            throw .tooLarge("Value length of \(value.count) exceeds limit of \(Self.valueLimit).")
        }
        let length = metadata?.utf8.count ?? 0
        guard length <= Self.metadataLimit else {
            throw .tooLarge("Metadata length of \(length) exceeds limit of \(Self.metadataLimit).")
        }
    }

    /// Takes metadata as it was sent; `null` is none.
    static func metadata(_ text: String) throws(KeyValueError) -> String? {
        guard let json = try? JSON(parsing: text) else {
            throw KeyValueError(400, 10_047, "invalid metadata: it must be JSON")
        }
        return json == .null ? nil : text
    }
}

/// When a value ends, as a request says it.
///
/// Nothing can end in less than a minute, and the time to live wins over the moment.
enum Expiry {
    static let minimum: Int64 = 60
    /// The end of the year 9999: what lies behind it was meant as milliseconds.
    private static let maximum: Int64 = 253_402_300_799

    /// - Parameters:
    ///   - moment: in epoch seconds, as it was written.
    ///   - timeToLive: in seconds, as it was written.
    ///   - now: in epoch seconds.
    /// - Returns: in epoch seconds; nil for never.
    /// - Throws: ``KeyValueError`` where it is no number, or too early.
    static func read(
        moment: String?, timeToLive: String?, now: Int64
    ) throws(KeyValueError) -> Int64? {
        if let timeToLive {
            func refusal(_ reason: String) -> KeyValueError {
                KeyValueError(400, 10_034, "Invalid expiration_ttl of \(timeToLive). \(reason)")
            }
            guard let seconds = Int64(timeToLive), (1...maximum).contains(seconds) else {
                throw refusal("Please specify integer greater than 0.")
            }
            guard seconds >= minimum else {
                throw refusal("Expiration TTL must be at least \(minimum).")
            }
            return now + seconds
        }
        guard let moment else { return nil }
        func refusal(_ reason: String) -> KeyValueError {
            KeyValueError(400, 10_033, "Invalid expiration of \(moment). \(reason)")
        }
        guard let seconds = Int64(moment), seconds > now, seconds <= maximum else {
            throw refusal(
                """
                Please specify integer greater than the current number of seconds since the UNIX \
                epoch.
                """)
        }
        guard seconds >= now + minimum else {
            throw refusal("Expiration times must be at least \(minimum) seconds in the future.")
        }
        return seconds
    }
}

public import FunctionRuntime

/// Whether something may happen once more, by a limit within a sliding window.
public struct RateLimit: Sendable, Equatable {
    public var isAllowed: Bool
    /// How much is left within the window that ends now.
    public var remaining: Int
    /// In how many milliseconds there is room for as much as was asked for, if nobody else takes
    /// it; 0 where it was allowed, and nil where it is more than the limit and never fits.
    public var retryAfter: Int64?

    /// The same in seconds, rounded up, as `Retry-After` wants it.
    public var retryAfterSeconds: Int? { retryAfter.map { Int(($0 + 999) / 1000) } }
}

extension Cache {
    /// Counts a hit against a limit within a sliding window, and refuses one too many.
    ///
    /// - Parameters:
    ///   - key: who is limited in what, such as `sign-in:` and an address.
    ///   - limit: a variable that says how many; 0 is without limit.
    ///   - window: how long a window is.
    /// - Throws: 429, with the seconds after which there is room again; ``MissingVariable`` where
    ///   the variable is unset, and ``CacheError/usage(_:)`` where it is not a number: a limit that
    ///   is not there must not go unnoticed.
    public func limit(_ key: String, to limit: Variable, window: Duration) throws {
        let text = try Environment.require(limit.name, for: "a limit on requests")
        guard let number = Int(text), number >= 0 else {
            throw CacheError.usage("The variable \(limit.name) must be a whole number from 0.")
        }
        guard number > 0 else { return }
        let verdict = try hit(key, limit: number, window: window)
        guard !verdict.isAllowed else { return }
        throw Failure.tooManyRequests(
            "Too many requests. Please try again later.",
            retryAfter: verdict.retryAfterSeconds ?? 1)
    }
}

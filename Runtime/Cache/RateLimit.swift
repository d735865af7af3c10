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

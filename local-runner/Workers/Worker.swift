import NIOCore

/// A process that answers requests, one at a time.
protocol Worker: AnyObject {
    /// Gives it a request. It tells its pool when it is free again, and when it has ended.
    func send(_ call: Call)
    /// Lets it end by itself.
    func retire()
    func kill()
    /// Ends what has taken too long.
    func sweep(now: NIODeadline)
}

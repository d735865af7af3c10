/// What the request under way says to bindings, which no handler hands it to.
///
/// A process answers one request at a time, so there is one at most; and where there is none, as in
/// the runner, there is no deadline, and the time is this machine's.
package enum Current {
    /// Whether this process was started to answer requests.
    nonisolated(unsafe) static var isHosted = false
    /// When the host gives up waiting; nil where it does not tell.
    nonisolated(unsafe) package private(set) static var deadline: Timestamp?
    /// How far the host's clock is ahead of this machine's, in microseconds.
    nonisolated(unsafe) private static var lead: Int64 = 0

    static func begin(_ request: Request) {
        guard isHosted else { return }
        Log.requestID = request.id
        deadline = request.deadline
        lead = request.time.microseconds - Clock.now().microseconds
    }

    /// The time by the host's clock, which a test, or a developer, may have moved.
    ///
    /// What is signed with a time is checked by whoever has that clock too.
    package static func now() -> Timestamp {
        Timestamp(microseconds: Clock.now().microseconds + lead)
    }
}

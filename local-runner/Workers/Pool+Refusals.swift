import Logging
import NIOCore

/// What a pool answers where its function did not, and what the log says of it.
extension Pool {
    /// How much of what is not the protocol goes to the log, in bytes.
    private static let excerpt = 500

    func refuse(_ call: Call, _ refusal: Refusal) {
        call.answer(refusal.answer(in: mount.envelope))
    }

    /// The process ended with the request in hand.
    ///
    /// All that it had to say, the backtrace of a crash
    /// above all, is on the console before this.
    func refuseCrashed(_ call: Call, _ status: ExitStatus) {
        dispatcher.logger.error(
            """
            \(mount.name) \(status) before it answered \(call.method) \(call.path), request \
            \(call.id).
            """)
        refuse(call, .failed("\(mount.name) \(status) before it answered."))
    }

    func refuseLate(_ call: Call) {
        dispatcher.logger.error(
            """
            \(mount.name) did not answer \(call.method) \(call.path) in time, request \(call.id).
            """)
        refuse(call, .late(mount.name, after: dispatcher.options.deadline.nanoseconds))
    }

    func refuseGarbage(_ call: Call, _ output: ByteBuffer, because problem: String) {
        logGarbage(output, because: problem)
        refuse(
            call, .failed("\(mount.name) wrote what is not a response; the runner's log shows it."))
    }

    func logGarbage(_ output: ByteBuffer, because problem: String) {
        let excerpt = String(decoding: output.readableBytesView.prefix(Self.excerpt), as: UTF8.self)
        dispatcher.logger.error(
            """
            \(mount.name) wrote what is not a response: \(problem). \
            It begins: \(excerpt.debugDescription)
            """)
    }

    func log(error: String, of call: Call) {
        dispatcher.logger.error(
            "\(mount.name) failed on \(call.method) \(call.path), request \(call.id): \(error)")
    }
}

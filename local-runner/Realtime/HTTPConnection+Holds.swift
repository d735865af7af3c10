import Logging
import NIOCore

/// A connection as those see it who hold it.
extension HTTPConnection {
    /// Does what a function has told the proxy, with the connection of its client.
    ///
    /// Where that makes no sense the client gets a 502 that says why, and so does the log. HEAD asks
    /// for no body, so it is not held; neither is who has said that nothing more comes from him.
    func obey(_ answer: Answer, for call: Call) {
        var answer = answer
        do {
            let instruction = try HoldInstruction(takenFrom: &answer)
            let mayHold = !call.isHead && !isInputClosed && !dispatcher.isStopping
            switch instruction.mode {
            case .response? where mayHold:
                ResponseHold(answer, instruction, of: call, on: self).begin()
            case _ where instruction.mode != .response && instruction.isHold && mayHold:
                StreamHold(instruction, of: call, on: self).begin(with: answer, for: call)
            default: send(answer, for: call)
            }
        } catch {
            let name = call.pool?.mount.name ?? "-"
            dispatcher.logger.error("\(name) cannot be held, request \(call.id). \(error)")
            let refusal = Refusal.failed("\(name) asks for what cannot be. \(error)")
            send(refusal.answer(in: call.pool?.mount.envelope), for: call)
        }
    }

    /// Lets somebody have it.
    func hold(by held: any Held, for call: Call) {
        call.connection = nil
        state = .holding(held)
        dispatcher.park(self)
    }

    /// Takes it back from who has held it, for an answer of this request.
    func resume(_ call: Call) {
        call.connection = self
        state = .answering(call)
        since = .now()
        dispatcher.unpark(self)
    }

    /// Takes it back from who has held it, at the end of the answer.
    func endHold(closes: Bool) {
        since = .now()
        dispatcher.unpark(self)
        finish(closes: closes || isInputClosed || dispatcher.isStopping)
    }

    /// How much has been written that the client has not taken, in bytes; 0 for little.
    var unsentLength: Int {
        guard let channel = context?.channel, !channel.isWritable else { return 0 }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    var takesMore: Bool { context?.channel.isWritable ?? false }
}

import Logging
import NIOCore

/// How a stream learns what it has missed.
///
/// The function is asked at its next link, with the id that came last on each channel
/// (`Grip-Last: prices; last-id=7`). What it answers goes into the stream, and its instruction takes
/// the place of the one before; without one the stream is at its end. As in Pushpin, that is a
/// request of the proxy's own, which bears no header fields of the client: what the function must know
/// of it stands in the link.
extension StreamHold {
    /// How often a function that fails is asked again.
    private static let retryLimit = 5

    /// Asks the function for news; where there is no link, nobody can be asked.
    func recover() {
        guard !isOver, instruction.next != nil else { return }
        guard !isRecovering else {
            isOutdated = true
            return
        }
        isRecovering = true
        isOutdated = false
        setAlarm()
        ask()
    }

    /// Asks when the client has taken what was sent to it: there may be no end of news.
    func ask() {
        guard !isOver, let next = instruction.next, connection.takesMore else { return }
        isAsking = true
        dispatcher.inquiries.append { [self] done in
            guard !isOver else { return done() }
            dispatcher.ask("GET", next.reference, from: base, request, instruction.lastIDFields) {
                answer, base in
                done()
                self.isAsking = false
                self.isAnswered(answer, from: base)
            }
        }
    }

    private func isAnswered(_ given: Answer?, from base: LinkBase) {
        guard !isOver else { return }
        guard var answer = given else { return finish() }
        guard (200...299).contains(answer.status) else { return fail(answer) }
        let new: HoldInstruction
        do {
            new = try HoldInstruction(takenFrom: &answer)
            guard new.mode != .response else {
                throw GripProblem("The next link of a stream cannot have Grip-Hold: response.")
            }
        } catch {
            dispatcher.logger.error(
                "\(request.function) cannot go on with a stream, request \(request.id). \(error)")
            return finish()
        }
        retries = 0
        write(answer: answer)
        guard new.isHold else { return finish() }
        goOn(with: new, from: base)
    }

    private func goOn(with new: HoldInstruction, from base: LinkBase) {
        guard !isOver else { return }
        let hub = dispatcher.hub
        let (old, names) = (instruction.channels, Set(new.channels.map(\.name)))
        for channel in old where !names.contains(channel.name) {
            hub.unsubscribe(self, from: Hub.Channel(app: request.app, name: channel.name))
        }
        for name in names {
            hub.subscribe(self, to: Hub.Channel(app: request.app, name: name))
        }
        // As in Pushpin, the first answer says who is told of the end.
        let gone = instruction.gone
        instruction = new
        instruction.gone = gone
        self.base = base
        restartTimers(.now())
        isRecovering = false
        let isBehind = dropsKnownItems()
        // Without a hold, the link has more.
        if isBehind || new.mode == nil { isOutdated = true }
        if isOutdated { return recover() }
        deliverWaiting()
        setAlarm()
    }

    /// Drops of the waiting items what the function has taken account of.
    ///
    /// - Returns: whether something came last on a channel that neither it nor the items know of.
    private func dropsKnownItems() -> Bool {
        var unclear: [HoldInstruction.Channel] = []
        for channel in instruction.channels {
            guard let known = channel.previousID else { continue }
            let isNext = { (item: PublishedItem) in
                item.channel == channel.name && item.previousID == known
            }
            let start = waiting.firstIndex(where: isNext) ?? waiting.endIndex
            if start == waiting.endIndex { unclear.append(channel) }
            waiting = waiting.enumerated().filter { index, item in
                item.channel != channel.name || index >= start
            }.map(\.element)
        }
        waitingLength = waiting.reduce(0) { $0 + $1.streamLength }
        return dispatcher.contradicts(unclear, of: request.app, known: &contradictions)
    }

    private func deliverWaiting() {
        let items = waiting
        waiting = []
        waitingLength = 0
        // One of them may show a gap again; then the others wait again.
        for item in items { deliver(item) }
    }

    /// Tries again a little later, and ever later, or gives the client up.
    private func fail(_ answer: Answer) {
        let asked = "\(request.function), asked what a stream has missed, answered \(answer.status)"
        guard retries < Self.retryLimit else {
            dispatcher.logger.error("\(asked), too often; request \(request.id) ends.")
            return finish()
        }
        dispatcher.logger.warning("\(asked), request \(request.id); it will be asked again.")
        let delay = dispatcher.options.holdRetryDelay * (1 << retries)
        retries += 1
        // Not all of them at the same time.
        let spread = Int64.random(in: 0..<max(1, delay.nanoseconds / 2))
        retryTime = .now() + delay + .nanoseconds(spread)
        setAlarm()
    }
}

extension HoldInstruction {
    /// What the proxy says of the channels whose last id the function has told.
    var lastIDFields: [(name: String, value: String)] {
        channels.compactMap { channel in
            channel.previousID.map { ("grip-last", "\(channel.name); last-id=\($0)") }
        }
    }
}

import NIOCore
import NIOHTTP1

/// A client that waits for a response: long polling.
///
/// What is published first becomes the response; when nothing is, the function's own answer is sent
/// in the end. Where an item comes that does not follow the one that the function knows, the request
/// is sent to it again: it can say now what has happened.
final class ResponseHold: Held, Subscriber {
    private let call: Call
    private let answer: Answer
    private let instruction: HoldInstruction
    private let connection: HTTPConnection
    private var isOver = false

    private var dispatcher: Dispatcher { connection.dispatcher }

    init(
        _ answer: Answer, _ instruction: HoldInstruction, of call: Call,
        on connection: HTTPConnection
    ) {
        self.answer = answer
        self.instruction = instruction
        self.call = call
        self.connection = connection
    }

    func begin() {
        if !call.isRepeated { dispatcher.log(answer, for: call, note: "held response") }
        connection.hold(by: self, for: call)
        for channel in channels { dispatcher.hub.subscribe(self, to: channel) }
        guard !dispatcher.contradicts(instruction.channels, of: app, known: &call.contradictions)
        else { return askAgain() }
        dispatcher.alarms.set(self, at: .now() + instruction.timeout)
    }

    func deliver(_ item: PublishedItem) {
        guard !isOver, let response = item.response,
            let channel = instruction.channels.first(where: { $0.name == item.channel })
        else { return }
        if let known = channel.previousID, known != item.previousID {
            // The function has taken account of it already.
            if known != item.id { askAgain() }
            return
        }
        switch response {
        case .hint: askAgain()
        case .content(let response): finish(with: response.answer(onTopOf: answer))
        }
    }

    func wake(now: NIODeadline) { finish(with: answer) }

    func end() { finish(with: answer) }

    func clientHasGone() {
        leave()
        tellOfEnd()
    }

    func clientTakesMore() {}

    private func finish(with answer: Answer) {
        guard !isOver else { return }
        leave()
        tellOfEnd()
        connection.resume(call)
        call.isRepeated = true
        connection.send(answer, for: call)
    }

    /// Sends the request once more, with what the function has said that it knows.
    private func askAgain() {
        guard !isOver else { return }
        leave()
        var isDone = {}
        let again = dispatcher.call(call.head, on: connection) { _, _ in isDone() }
        again.body = call.body
        again.isRepeated = true
        again.contradictions = call.contradictions
        again.proxyFields = instruction.lastIDFields
        connection.resume(again)
        guard again.service == nil else { return connection.close() }
        if let ready = again.ready { return again.answer(ready) }
        dispatcher.inquiries.append { done in
            guard again.connection != nil, let pool = again.pool else { return done() }
            isDone = done
            pool.submit(again)
        }
    }

    private func leave() {
        isOver = true
        for channel in channels { dispatcher.hub.unsubscribe(self, from: channel) }
        dispatcher.alarms.set(self, at: nil)
    }

    private func tellOfEnd() {
        guard let gone = instruction.gone else { return }
        dispatcher.tell(gone, from: LinkBase(call), HeldRequest(call))
    }

    private var app: String { call.pool?.mount.app ?? "" }

    private var channels: [Hub.Channel] {
        instruction.channels.map { Hub.Channel(app: app, name: $0.name) }
    }
}

extension PublishedResponse {
    /// The response to a client whose function's answer has waited: its fields stay where none of
    /// the same name was published.
    func answer(onTopOf waiting: Answer) -> Answer {
        var merged = answer
        var rest = waiting.fields
        while let line = rest.readHeaderLine() {
            let name = String(buffer: line).prefix { $0 != ":" }.lowercased()
            if fieldNames.contains(name) { continue }
            merged.fields.writeImmutableBuffer(line)
            merged.hasDate = merged.hasDate || name == "date"
        }
        return merged
    }
}

extension ByteBuffer {
    /// The next line of ``Answer/fields``, with its end.
    fileprivate mutating func readHeaderLine() -> ByteBuffer? {
        guard let end = readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return readSlice(length: end + 1 - readerIndex)
    }
}

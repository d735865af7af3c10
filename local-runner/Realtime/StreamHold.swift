import Logging
import NIOCore

/// A client whose answer goes on: what is published on its channels is written to it.
///
///     begin ──▶ holding ── an item that does not follow, a hint, no news ──▶ recovering
///                  ▲                                                           │
///                  └── the answer of the next link, and what came meanwhile ◀──┘
///
/// While the function is asked what has been missed, items wait; of those, what the answer takes
/// account of is dropped, by its id. ``StreamHold/recover()`` has that part.
final class StreamHold: Held, Subscriber {
    let request: HeldRequest
    let connection: HTTPConnection
    /// As the function said last.
    var instruction: HoldInstruction
    /// What the next link is relative to.
    var base: LinkBase
    /// What the link is relative to that is told of the end.
    private let firstBase: LinkBase
    /// Items that have come while the function is asked.
    var waiting: [PublishedItem] = []
    var waitingLength = 0
    /// How much of the function's own answers may still be on its way, in bytes.
    private var allowance = 0
    /// By channel, the last ids about which the function has been asked.
    var contradictions: [String: String] = [:]
    var isRecovering = false
    /// Whether the request for that is on its way, or in the queue.
    var isAsking = false
    /// Whether the function is to be asked once more when it has answered.
    var isOutdated = false
    var retries = 0
    /// When the function is asked again that has failed.
    var retryTime: NIODeadline?
    /// When a keep-alive is due, and when the next link is.
    private var keepAliveTime: NIODeadline?
    private var linkTime: NIODeadline?
    private(set) var isOver = false

    var dispatcher: Dispatcher { connection.dispatcher }

    init(_ instruction: HoldInstruction, of call: Call, on connection: HTTPConnection) {
        self.instruction = instruction
        self.connection = connection
        request = HeldRequest(call)
        base = LinkBase(call)
        firstBase = base
    }

    /// Writes the head, and what the function has to say first.
    func begin(with answer: Answer, for call: Call) {
        dispatcher.log(answer, for: call, note: "held stream")
        connection.hold(by: self, for: call)
        var bytes = dispatcher.writer.streamHead(answer, for: call)
        let first = StreamPiece(answer.bytes.readableBytesView)
        allowance = first.content.readableBytes
        bytes.writeImmutableBuffer(request.isHTTP10 ? first.content : first.chunk)
        connection.write(bytes)
        restartTimers(.now())
        for channel in channels { dispatcher.hub.subscribe(self, to: channel) }
        let isBehind = dispatcher.contradicts(
            instruction.channels, of: request.app, known: &contradictions)
        if isBehind || instruction.mode == nil { recover() } else { setAlarm() }
    }

    func deliver(_ item: PublishedItem) {
        guard !isOver, let form = item.stream,
            let index = instruction.channels.firstIndex(where: { $0.name == item.channel })
        else { return }
        if isRecovering { return wait(item) }
        if let known = instruction.channels[index].previousID {
            // The function has taken account of it already.
            if item.id == known { return }
            guard item.previousID == known else {
                wait(item)
                return recover()
            }
            instruction.channels[index].previousID = item.id
        }
        switch form {
        case .content(let piece):
            write(piece)
            note(.now())
        case .hint: recover()
        case .close: finish()
        }
    }

    private func wait(_ item: PublishedItem) {
        waitingLength += item.streamLength
        waiting.append(item)
        if waitingLength > dispatcher.options.unsentLimit {
            drop("more was published than can wait until its function has answered")
        }
    }

    /// Writes what the function has answered, however long it is.
    func write(answer: Answer) {
        let piece = StreamPiece(answer.bytes.readableBytesView)
        allowance += piece.content.readableBytes
        write(piece)
    }

    /// Writes a piece of the body, framed for this client.
    func write(_ piece: StreamPiece) {
        guard piece.content.readableBytes > 0, !isOver else { return }
        connection.write(request.isHTTP10 ? piece.content : piece.chunk)
        if connection.unsentLength > dispatcher.options.unsentLimit + allowance {
            drop("it does not take what is sent to it")
        }
    }

    func clientHasGone() {
        _ = leave()
    }

    func clientTakesMore() {
        allowance = 0
        if isRecovering, retryTime == nil, !isAsking { ask() }
    }

    func end() { finish() }

    /// Ends the answer, as it is.
    func finish() {
        guard leave() else { return }
        if !request.isHTTP10 { connection.write(StreamPiece.end) }
        connection.endHold(closes: !request.canKeepConnection)
    }

    /// Ends the connection of a client that is too slow.
    private func drop(_ reason: String) {
        guard leave() else { return }
        dispatcher.logger.warning(
            "\(request.function) loses a client, request \(request.id): \(reason).")
        connection.close()
    }

    /// False where it was over before.
    private func leave() -> Bool {
        guard !isOver else { return false }
        isOver = true
        waiting = []
        for channel in channels { dispatcher.hub.unsubscribe(self, from: channel) }
        dispatcher.alarms.set(self, at: nil)
        if let gone = instruction.gone { dispatcher.tell(gone, from: firstBase, request) }
        return true
    }

    private var channels: [Hub.Channel] {
        instruction.channels.map { Hub.Channel(app: request.app, name: $0.name) }
    }
}

/// What is due, and when.
extension StreamHold {
    func wake(now: NIODeadline) {
        if let retryTime, retryTime <= now {
            self.retryTime = nil
            ask()
        }
        if let keepAlive = instruction.keepAlive, let time = keepAliveTime, time <= now {
            write(keepAlive.content)
            keepAliveTime = now + keepAlive.interval
        }
        if let linkTime, linkTime <= now, !isRecovering { recover() }
        setAlarm()
    }

    /// Something was written that is news.
    private func note(_ now: NIODeadline) {
        if let keepAlive = instruction.keepAlive, keepAlive.isIdle {
            keepAliveTime = now + keepAlive.interval
        }
        linkTime = instruction.next.map { now + $0.timeout }
    }

    /// A new instruction counts from now on.
    func restartTimers(_ now: NIODeadline) {
        keepAliveTime = instruction.keepAlive.map { now + $0.interval }
        linkTime = instruction.next.map { now + $0.timeout }
    }

    /// A time that is put off meanwhile is found to be so when it comes.
    func setAlarm() {
        guard !isOver else { return }
        let times = [keepAliveTime, isRecovering ? retryTime : linkTime].compactMap { $0 }
        dispatcher.alarms.set(self, at: times.min())
    }
}

/// What a stream must know of the request that it answers.
struct HeldRequest {
    let id: String
    let app: String
    /// As logs name it: `Brainstorm/ListEvents`.
    let function: String
    let remoteAddress: String
    let localPort: Int
    let isHTTP10: Bool
    let canKeepConnection: Bool

    init(_ call: Call) {
        id = call.id
        app = call.pool?.mount.app ?? ""
        function = call.pool?.mount.name ?? "-"
        remoteAddress = call.remoteAddress
        localPort = call.localPort
        isHTTP10 = call.isHTTP10
        canKeepConnection = call.canKeepConnection && !call.isHTTP10
    }
}

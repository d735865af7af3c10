import NIOCore

/// What a function has asked the runner to send on a WebSocket at its time.
///
/// There is no timer in it: it is looked at once a second.
struct WebSocketTimers {
    /// Apart, as most connections have none.
    private final class KeepAlive {
        let frame: ByteBuffer
        let interval: TimeAmount
        let isForIdle: Bool
        var due: NIODeadline

        init(_ keepAlive: WebSocketControl.KeepAlive) {
            frame = keepAlive.frame
            interval = .seconds(Int64(keepAlive.interval))
            isForIdle = keepAlive.isForIdle
            due = .now() + interval
        }
    }

    private final class Delayed {
        let frame: ByteBuffer
        let due: NIODeadline

        init(_ frame: ByteBuffer, after seconds: Int) {
            self.frame = frame
            due = .now() + .seconds(Int64(seconds))
        }
    }

    private var keepAlive: KeepAlive?
    private var delayed: Delayed?

    mutating func set(_ keepAlive: WebSocketControl.KeepAlive?) {
        self.keepAlive = keepAlive.map(KeepAlive.init)
    }

    /// Keeps a frame for later.
    ///
    /// - Returns: the one that was kept until now, whose time is come.
    mutating func delay(_ frame: ByteBuffer, for seconds: Int) -> ByteBuffer? {
        defer { delayed = Delayed(frame, after: seconds) }
        return flush()
    }

    /// The frame that was kept, which is to be sent.
    mutating func flush() -> ByteBuffer? {
        defer { delayed = nil }
        return delayed?.frame
    }

    /// Something is sent, so that the client knows for a while that the connection lives.
    func isSending() {
        if let keepAlive, keepAlive.isForIdle { keepAlive.due = .now() + keepAlive.interval }
    }

    /// What is to be sent now.
    mutating func due(now: NIODeadline) -> [ByteBuffer] {
        var frames: [ByteBuffer] = []
        if let delayed, delayed.due <= now, let frame = flush() { frames.append(frame) }
        if let keepAlive, keepAlive.due <= now {
            frames.append(keepAlive.frame)
            keepAlive.due = now + keepAlive.interval
        }
        return frames
    }
}

import NIOCore

/// How the answers go out.
extension HTTPConnection {
    /// Answers a request that has not been received whole, so nothing can follow it.
    func refuse(_ refusal: Refusal, for call: Call) {
        send(refusal.answer(in: call.pool?.mount.envelope), for: call, closes: true)
    }

    /// Tells a client that waits with its body to send it.
    func invite(_ call: Call) {
        guard call.asksForInvitation else { return }
        call.wasInvited = true
        write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
    }

    /// Writes the answer of the request under way.
    ///
    /// Where that has not been received whole, nothing can follow it.
    func send(_ answer: Answer, for call: Call) {
        guard !answer.isForProxy else { return obey(answer, for: call) }
        let isWhole = if case .receiving = state { false } else { true }
        send(
            answer, for: call,
            closes: !isWhole || !call.canKeepConnection || dispatcher.isStopping && !isOfWorker)
    }

    func send(_ answer: Answer, for call: Call, closes: Bool) {
        let closes = closes || isInputClosed
        call.connection = nil
        write(dispatcher.writer.response(answer, for: call, closes: closes))
        if !call.isRepeated, call.recipient == nil { dispatcher.log(answer, for: call) }
        since = .now()
        if case .file(let file) = answer.body, call.hasBody(of: answer) {
            state = .answering(call)
            return send(file, from: 0, closes: closes)
        }
        finish(closes: closes)
    }

    /// Writes the next piece of a file when the one before has gone, so that no more than a piece
    /// is in memory.
    private func send(_ file: ServiceFile, from position: Int, closes: Bool) {
        guard let context else { return }
        guard position < file.length else { return finish(closes: closes) }
        guard let piece = file.read(at: position, limit: Self.pieceLength) else { return close() }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(piece)).whenSuccess {
            bound.value.since = .now()
            bound.value.send(file, from: position + piece.readableBytes, closes: closes)
        }
    }

    private static var pieceLength: Int { 512 << 10 }

    /// Turns to the next request, or to the end.
    func finish(closes: Bool) {
        guard closes else {
            state = .idle
            return drain()
        }
        state = .closing
        backlog.removeAll()
        context?.close(mode: .output, promise: nil)
        resumeReading()
    }

    func close() {
        context?.close(promise: nil)
    }

    func write(_ buffer: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
}

extension HTTPConnection {
    /// A service asks for the body of a request.
    ///
    /// The client is told so even if the body is empty: it has asked.
    func invitesBody(of call: Call) {
        if self.call === call, call.connection != nil { invite(call) }
    }

    /// A service has taken what was read of the body.
    func resumesBody() {
        since = .now()
        resumeReading()
    }
}

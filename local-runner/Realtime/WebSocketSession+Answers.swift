import Logging
import NIOCore
import NIOWebSocket

extension WebSocketSession {
    /// Does what a function has answered.
    func take(_ answer: WebSocketAnswer) throws(WebSocketAnswer.Problem) {
        for field in answer.meta {
            meta.removeAll { $0.name == field.name }
            if !field.value.isEmpty { meta.append(field) }
        }
        switch answer.beat {
        case nil: break
        case .some(.none): beat = nil
        case .every(let seconds): beat = .seconds(Int64(seconds))
        }
        for event in answer.events {
            guard let connection, connection.isOpen else { return }
            try take(event, on: connection)
        }
    }

    private func take(
        _ event: WebSocketEvent, on connection: WebSocketConnection
    ) throws(WebSocketAnswer.Problem) {
        switch event.kind {
        case .open: throw .init(text: "it answered OPEN to what is open")
        case .text where event.content.readableBytesView.starts(with: "c:".utf8):
            messagePrefix == nil ? try send(.text, event.content) : obey(event.content)
        case .text: try send(.text, withoutPrefix(event.content))
        case .binary: try send(.binary, withoutPrefix(event.content))
        case .ping: try send(.ping, event.content)
        case .pong: try send(.pong, event.content)
        case .close:
            let closing = event.closing
            if let code = closing?.code, !WebSocketFrames.isCode(code) {
                throw .init(text: "it closed with \(code), which no frame can say")
            }
            close(closing?.code, closing?.reason ?? "")
        case .disconnect: connection.drop()
        }
    }

    private func send(
        _ opcode: WebSocketOpcode, _ content: ByteBuffer
    ) throws(WebSocketAnswer.Problem) {
        do throws(WebSocketProblem) {
            send(try WebSocketFrames.checkedFrame(opcode, content))
        } catch {
            throw .init(text: "it answered what cannot be sent. \(error.reason)")
        }
    }

    /// What is for the client, of a message; one that does not say for whom it is, is for the client.
    private func withoutPrefix(_ content: ByteBuffer) -> ByteBuffer {
        var content = content
        if let messagePrefix, content.readableBytesView.starts(with: messagePrefix.utf8) {
            content.moveReaderIndex(forwardBy: messagePrefix.utf8.count)
        }
        return content
    }

    private func obey(_ text: ByteBuffer) {
        do throws(WebSocketControl.Problem) {
            var text = text
            text.moveReaderIndex(forwardBy: 2)
            switch try WebSocketControl(text) {
            case .subscribe(let name):
                let channel = Hub.Channel(app: app, name: name)
                if channels.insert(name).inserted { hub.subscribe(self, to: channel) }
            case .unsubscribe(let name):
                channels.remove(name)
                hub.unsubscribe(self, from: Hub.Channel(app: app, name: name))
            case .detach: detach()
            case .keepAlive(let keepAlive): timers.set(keepAlive)
            case .sendDelayed(let frame, let seconds):
                if let earlier = timers.delay(frame, for: seconds) { send(earlier) }
            case .flushDelayed: if let frame = timers.flush() { send(frame) }
            }
        } catch {
            let line = String(buffer: text)
            sockets.dispatcher.logger.warning(
                "\(function) told the runner \(line.debugDescription): \(error.text).")
        }
    }

    private func detach() {
        isDetached = true
        isEndTold = true
        pending = ByteBuffer()
        beat = nil
        connection?.resumeReading()
    }

    private func send(_ frame: ByteBuffer) {
        timers.isSending()
        connection?.send(frame)
    }
}

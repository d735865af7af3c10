import NIOCore
import NIOHTTP1
import NIOWebSocket

extension HTTPConnection {
    /// Leaves the client to a WebSocket.
    ///
    /// What the client has sent behind its handshake already waits in the HTTP decoder, which passes
    /// it on when it is removed.
    ///
    /// - Parameters:
    ///   - connection: takes the place of this.
    ///   - response: says so to the client.
    ///   - call: the handshake.
    func change(to connection: WebSocketConnection, saying response: ByteBuffer, for call: Call) {
        guard let context else { return }
        call.connection = nil
        context.writeAndFlush(wrapOutboundOut(response), promise: nil)
        dispatcher.log(Answer(status: 101), for: call)
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = WebSocketFrameDecoder(maxFrameSize: dispatcher.options.messageLimit)
            try pipeline.addHandlers([ByteToMessageHandler(decoder), connection])
            let http = try pipeline.context(
                handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(context: context, promise: nil)
            pipeline.removeHandler(context: http, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

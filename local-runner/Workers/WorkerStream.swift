import NIOCore

/// Cuts a worker's output into lines.
///
/// Most come in one piece and are passed on without a copy.
final class WorkerStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let worker: WarmWorker
    private let limit: Int
    private var partial = ByteBuffer()

    init(_ worker: WarmWorker, limit: Int) {
        self.worker = worker
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        worker.isConnected()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        let view = bytes.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            partial.writeBuffer(&bytes)
            if partial.readableBytes > limit {
                worker.reject(partial, because: "it is longer than \(limit) bytes")
                partial = ByteBuffer()
            }
            return
        }
        let isAlone = view.index(after: end) == view.endIndex
        guard var line = bytes.readSlice(length: end - view.startIndex) else { return }
        if partial.readableBytes > 0 {
            partial.writeBuffer(&line)
            swap(&partial, &line)
            partial = ByteBuffer()
        }
        worker.received(line, isAlone: isAlone)
    }

    func channelInactive(context: ChannelHandlerContext) {
        worker.isAtEnd()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

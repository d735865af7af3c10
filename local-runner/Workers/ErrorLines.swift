import NIOCore

/// A worker's standard error, or what else it writes for people: each line goes to the console with the function's name before it,
/// or as it is where it is JSON and names its function itself.
final class ErrorLines: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What is longer is broken.
    private static let lineLimit = 16 << 10

    private let prefix: [UInt8]
    private let console: Console
    private var partial: [UInt8] = []
    private(set) var isAtEnd = false
    var onEnd: () -> Void = {}
    /// Gets each line, too, as it was written.
    var onLine: ([UInt8]) -> Void = { _ in }

    init(prefix: String, console: Console) {
        self.prefix = Array("\(prefix): ".utf8)
        self.console = console
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        while buffer.readableBytes > 0 {
            let view = buffer.readableBytesView
            let end = view.firstIndex(of: UInt8(ascii: "\n"))
            let room = Self.lineLimit - partial.count
            let count = min(end.map { $0 - view.startIndex } ?? view.count, room)
            partial += view.prefix(count)
            buffer.moveReaderIndex(forwardBy: count)
            if count == room || end != nil { finishLine() }
            if buffer.readableBytesView.first == UInt8(ascii: "\n"), end != nil {
                buffer.moveReaderIndex(forwardBy: 1)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !partial.isEmpty { finishLine() }
        isAtEnd = true
        onEnd()
        onEnd = {}
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func finishLine() {
        console.write(line: partial.first == UInt8(ascii: "{") ? partial : prefix + partial)
        onLine(partial)
        partial = []
    }
}

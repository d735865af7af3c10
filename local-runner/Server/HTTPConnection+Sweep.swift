import NIOCore

extension HTTPConnection {
    /// Ends what takes too long; called a few times a second.
    func sweep(now: NIODeadline, options: ServerOptions) {
        guard let context else { return }
        let waited = now - since
        switch state {
        case .idle where !context.channel.isWritable, .answering where !context.channel.isWritable:
            if waited > options.keepAliveTimeout { context.close(promise: nil) }
        case .idle where hasPartialHead:
            if waited > options.clientTimeout { enqueue(.refusal(.slowClient)) }
        // It lives as long as the worker.
        case .idle where isOfWorker: break
        case .idle:
            if waited > options.keepAliveTimeout || dispatcher.isStopping {
                context.close(promise: nil)
            }
        case .receiving(let call):
            let isOurTurn = call.service?.isPaused == true
            if !isOurTurn, waited > options.clientTimeout { refuse(.slowClient, for: call) }
        case .answering, .holding: break
        case .closing:
            if waited > .seconds(1), context.channel.isWritable || waited > options.clientTimeout {
                context.close(promise: nil)
            }
        }
    }
}

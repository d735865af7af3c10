import NIOCore

/// The body of a request to a service, piece by piece as it arrives.
///
/// Nothing is read ahead of the service by more than a few hundred kilobytes, so a body of
/// gigabytes takes no more memory than a small one. A client that has asked whether it should send
/// the body (`Expect: 100-continue`) is told to when the service first asks for a piece; a service
/// that refuses before spares both the transfer.
///
/// It can be read once.
struct ServiceBody: AsyncSequence, Sendable {
    typealias Producer = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark,
        ServiceBodyDelegate
    >

    /// Why a body cannot be read to its end.
    enum Problem: Error {
        /// The client went before it had sent all.
        case cutOff
        /// It is longer than the reader takes, in bytes.
        case tooLarge(limit: Int)
    }

    /// As `Content-Length` tells; nil where it comes in chunks.
    var length: Int?
    let producer: Producer
    /// Called once, when the first piece is asked for.
    let onRead: @Sendable () -> Void

    struct AsyncIterator: AsyncIteratorProtocol {
        var iterator: Producer.AsyncIterator
        var onRead: (@Sendable () -> Void)?

        mutating func next() async throws -> ByteBuffer? {
            onRead?()
            onRead = nil
            return try await iterator.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(iterator: producer.makeAsyncIterator(), onRead: onRead)
    }

    /// All of it.
    ///
    /// - Throws: ``Problem``, where it is longer than the limit or was cut off.
    func collect(upTo limit: Int) async throws -> ByteBuffer {
        if let length, length > limit { throw Problem.tooLarge(limit: limit) }
        var bytes = ByteBuffer()
        for try await var piece in self {
            guard bytes.readableBytes + piece.readableBytes <= limit else {
                throw Problem.tooLarge(limit: limit)
            }
            bytes.writeBuffer(&piece)
        }
        return bytes
    }
}

/// Tells the connection when to read on.
struct ServiceBodyDelegate: NIOAsyncSequenceProducerDelegate {
    let onDemand: @Sendable () -> Void

    func produceMore() { onDemand() }
    func didTerminate() { onDemand() }
}

import Logging
import NIOCore
import NIOHTTP1

/// A request that a service answers: what the connection feeds the body to, and the task at work.
///
/// It belongs to the event loop; the service's task sees only the request, and hands its answer
/// back to the loop.
final class ServiceCall {
    private let service: any Service
    private let head: ServiceHead
    private var source: ServiceBody.Producer.Source?
    private var task: Task<Void, Never>?
    /// Whether the service has as much of the body before it as it wants for now.
    private(set) var isPaused = false

    /// How much of a body may wait for the service, in pieces of what a read gives.
    private static let watermarks = (low: 2, high: 8)

    init(_ service: any Service, _ head: ServiceHead) {
        self.service = service
        self.head = head
    }

    deinit {
        task?.cancel()
    }

    /// Starts the service's task.
    func begin(_ call: Call, on connection: HTTPConnection, _ dispatcher: Dispatcher) {
        let loop = dispatcher.loop
        let client = NIOLoopBound(connection, eventLoop: loop)
        let own = NIOLoopBound(self, eventLoop: loop)
        let target = NIOLoopBound(call, eventLoop: loop)
        let made = ServiceBody.Producer.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: .init(
                lowWatermark: Self.watermarks.low, highWatermark: Self.watermarks.high),
            finishOnDeinit: true,
            delegate: ServiceBodyDelegate {
                loop.execute { own.value.resume(client.value) }
            })
        source = made.source
        let length = head.headers.first(name: "content-length").flatMap { Int($0) }
        let request = ServiceRequest(
            id: call.id, head: head, remoteAddress: connection.remoteAddress,
            body: ServiceBody(
                length: call.hasBody ? length : 0, producer: made.sequence,
                onRead: { loop.execute { client.value.invitesBody(of: target.value) } }))
        task = Self.task(request, by: service, dispatcher.logger) { response in
            loop.execute {
                own.value.task = nil
                target.value.answer(Answer(response))
            }
        }
    }

    private static func task(
        _ request: ServiceRequest, by service: any Service, _ logger: Logger,
        completion: @escaping @Sendable (ServiceResponse) -> Void
    ) -> Task<Void, Never> {
        Task(executorPreference: ServiceExecutor.shared) {
            completion(await answer(request, by: service, logger))
        }
    }

    private static func answer(
        _ request: ServiceRequest, by service: any Service, _ logger: Logger
    ) async -> ServiceResponse {
        do {
            return try await service.answer(request)
        } catch {
            let failure = service.failure(error, of: request)
            if failure.isInternal, !(error is CancellationError) {
                logger.error("\(request.method) \(request.path), request \(request.id): \(error)")
            }
            return failure.response
        }
    }

    /// Whether there is no answer yet.
    var isAtWork: Bool { task != nil }

    /// Hands a piece of the body on.
    func receive(_ bytes: ByteBuffer) {
        if case .stopProducing = source?.yield(bytes) { isPaused = true }
    }

    /// The body is complete.
    func receiveEnd() {
        source?.finish()
        source = nil
    }

    /// The client is gone, or has said something else than was agreed.
    func cancel() {
        source?.finish(ServiceBody.Problem.cutOff)
        source = nil
        task?.cancel()
    }

    private func resume(_ connection: HTTPConnection) {
        guard isPaused else { return }
        isPaused = false
        connection.resumesBody()
    }
}

import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1
import Synchronization

extension MailService {
    /// Room for 40 MB of attachments, whatever their JSON is like, and the texts.
    private static let bodyLimit = 64 << 20
    private static let batchLimit = 100

    /// POST `/emails`.
    func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        try await once(request) { body, now in
            [try MailMessage(body, isInBatch: false, now: now)]
        } response: { ids in
            ["id": .string(ids.first ?? "")]
        }
    }

    /// POST `/emails/batch`.
    func sendBatch(_ request: ServiceRequest) async throws -> ServiceResponse {
        let mode = request.headers.first(name: "x-batch-validation") ?? "strict"
        guard ["strict", "permissive"].contains(mode) else {
            throw MailError.invalid("The x-batch-validation header is `strict` or `permissive`.")
        }
        var errors: [JSON] = []
        return try await once(request) { body, now in
            guard case .array(let elements) = body,
                (1...Self.batchLimit).contains(elements.count)
            else {
                throw MailError.invalid("A batch is an array of 1 to \(Self.batchLimit) emails.")
            }
            var messages: [MailMessage] = []
            for (index, element) in elements.enumerated() {
                do throws(MailError) {
                    messages.append(try MailMessage(element, isInBatch: true, now: now))
                } catch {
                    guard mode == "permissive" else { throw error }
                    errors.append([
                        "index": .number(String(index)), "message": .string(error.message),
                    ])
                }
            }
            return messages
        } response: { ids in
            var members: [JSON.Member] = [
                .init("data", .array(ids.map { ["id": .string($0)] }))
            ]
            if mode == "permissive" { members.append(.init("errors", .array(errors))) }
            return .object(members)
        }
    }

    /// Accepts messages, unless the same request was answered before.
    ///
    /// - Parameters:
    ///   - request: with its `Idempotency-Key`, if it has one.
    ///   - messages: reads them in the body.
    ///   - response: makes the answer of their ids.
    /// - Returns: the answer, the same for the same request.
    /// - Throws: ``MailError`` where something is wrong with the request.
    private func once(
        _ request: ServiceRequest, messages: (JSON, Int64) throws -> [MailMessage],
        response: ([String]) -> JSON
    ) async throws -> ServiceResponse {
        guard let text = request.headers.first(name: "idempotency-key") else {
            let now = clock.now
            let messages = try messages(try await json(request), now)
            let answer = try store.add(messages, at: now, key: nil, response: response)
            clock.wake()
            return .json(answer)
        }
        guard (1...256).contains(text.count) else { throw MailError.invalidIdempotencyKey }
        guard keysInUse.withLock({ $0.insert(text).inserted }) else {
            throw MailError.concurrentIdempotentRequest
        }
        defer { keysInUse.withLock { _ = $0.remove(text) } }
        let body = try await json(request)
        let now = clock.now
        let digest = Hash.sha256.digest(of: Array(request.path.utf8) + [0] + body.bytes)
        let key = IdempotencyKey(key: text, request: digest)
        if let answer = try store.answer(for: key, at: now) { return .json(answer) }
        let messages = try messages(body, now)
        let answer = try store.add(messages, at: now, key: key, response: response)
        clock.wake()
        return .json(answer)
    }

    /// The JSON of a body.
    func json(_ request: ServiceRequest) async throws -> JSON {
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        do {
            return try JSON(parsing: Array(body.readableBytesView))
        } catch let error as JSONError {
            throw MailError(
                400, "validation_error", "The request body must be valid JSON. \(error)")
        }
    }
}

import FunctionRuntime
import Logging
import NIOCore

/// What a function has answered, and who gets it in which form.
extension LambdaWorker {
    /// The function asks or tells something.
    func receive(_ request: RuntimeRequest, _ call: Call) {
        switch request {
        case .next: isAsked(call)
        case .response(let id): receiveResponse(to: id, call)
        case .error(let id):
            guard let own = finish(id) else { return call.answer(RuntimeRequest.unknownID) }
            call.answer(RuntimeRequest.accepted)
            answer(own, LambdaFailure(call))
        case .initError:
            guard case .busy(_, isGiven: false) = state else {
                return call.answer(
                    RuntimeRequest.refusal(
                        403, "InvalidStateTransition", "The initialization is over."))
            }
            initError = LambdaFailure(call)
            call.answer(RuntimeRequest.accepted)
        case .unknown(let path):
            call.answer(
                RuntimeRequest.refusal(
                    404, "NotFound", "The Runtime API has nothing at \(path)."))
        }
    }

    private func receiveResponse(to id: Substring, _ call: Call) {
        guard let own = finish(id) else { return call.answer(RuntimeRequest.unknownID) }
        guard call.body.readableBytes <= LambdaLimits.response else {
            call.answer(RuntimeRequest.tooLarge)
            return answer(own, .tooLarge)
        }
        call.answer(RuntimeRequest.accepted)
        if own.invocation != nil {
            answer(own, payload: call.body)
        } else if own.isTrigger {
            answer(own, failures: Array(call.body.readableBytesView))
        } else {
            answer(own, event: call.body)
        }
    }

    /// The response to an HTTP event goes to the client.
    private func answer(_ call: Call, event payload: ByteBuffer) {
        do {
            let response = try HTTPEvent.response(of: Array(payload.readableBytesView))
            var answer = Answer(status: response.status)
            answer.body = .bytes(ByteBuffer(bytes: response.body))
            for field in response.headers.fields {
                guard answer.add(field) else {
                    throw LambdaAnswerError(
                        description: "the header \"\(field.name)\" cannot be sent as it is")
                }
            }
            call.answer(answer)
        } catch {
            pool.refuseGarbage(call, payload, because: "\(error)")
        }
    }

    /// Of the answer to a schedule or a queue only the messages matter that have failed.
    private func answer(_ call: Call, failures payload: [UInt8]) {
        guard let failed = TriggerEvent.failures(in: payload) else {
            return pool.refuseGarbage(
                call, ByteBuffer(bytes: payload), because: "its batchItemFailures are none")
        }
        var answer = Answer(status: 200)
        answer.failed = failed
        call.answer(answer)
    }

    /// The answer to an invocation goes to whoever has invoked it, once its log is complete.
    private func answer(_ call: Call, payload: ByteBuffer, isError: Bool = false) {
        guard let invocation = call.invocation else { return }
        if isError { invocation.functionError = "Unhandled" }
        var answer = Answer(status: 200)
        answer.body = .bytes(payload)
        guard invocation.wantsLog else { return call.answer(answer) }
        deferred = { [log, process] in
            invocation.log = log.end(memory: process.peakMemory)
            call.answer(answer)
        }
    }

    /// The function has failed, or its process has.
    private func answer(_ call: Call, _ failure: LambdaFailure) {
        if call.invocation != nil {
            return answer(call, payload: ByteBuffer(bytes: failure.body), isError: true)
        }
        pool.log(error: String(decoding: failure.body, as: UTF8.self), of: call)
        if call.isTrigger {
            var answer = Answer(status: 500)
            answer.body = .bytes(ByteBuffer(string: failure.message))
            call.answer(answer)
        } else {
            pool.refuse(call, .failed("\(pool.mount.name) failed: \(failure.message)"))
        }
    }

    /// The process has ended with the request in hand.
    func refuse(_ call: Call, _ status: ExitStatus) {
        if let initError {
            answer(call, initError)
        } else if call.invocation != nil {
            pool.dispatcher.logger.error("\(pool.mount.name) \(status) before it answered.")
            answer(call, .ended(status, call.id))
        } else {
            pool.refuseCrashed(call, status)
        }
        // Nothing more will be written.
        deferred?()
        deferred = nil
    }
}

extension Answer {
    /// Adds a field that a function gave; false where it cannot be sent.
    fileprivate mutating func add(_ field: Headers.Field) -> Bool {
        var (name, value) = (field.name, field.value)
        return name.withUTF8 { name in
            value.withUTF8 { value in
                add(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            }
        }
    }
}

import Dispatch
import FunctionRuntime
import Glibc

/// AWS Lambda: a function that asks the Runtime API for an invocation, and gets one.
///
/// A request comes as API Gateway's payload 2.0 has it, a queue's messages as a batch of SQS, and a
/// scheduled time as EventBridge's event.
struct LambdaHost: FunctionHost {
    let name = "AWS Lambda"
    let key = "lambda"
    let note: String? =
        "of schedules and queues it carries whether they went well, so no more was compared"
    let processes: Guard

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        let server = try RuntimeAPIServer()
        let function = try StartedFunction(
            call, adding: ["AWS_LAMBDA_RUNTIME_API": server.address], under: processes)
        defer { function.end() }
        let deadline = DispatchTime.now() + .seconds(FunctionCall.patience)
        let outcome = try server.serve(call.event, named: call.lambdaHeaders) {
            try function.awaitInput(at: $0, until: deadline)
        }
        var answer = try read(outcome, of: call)
        answer.log = function.log
        return answer
    }

    private func read(
        _ outcome: RuntimeAPIServer.Outcome, of call: FunctionCall
    ) throws -> FunctionAnswer {
        switch outcome {
        case .response(let payload) where call.isHTTP:
            let response = try HTTPEvent.response(of: payload)
            return FunctionAnswer(
                status: response.status, headers: response.headers, body: response.body)
        case .response(let payload):
            guard let failed = TriggerEvent.failures(in: payload) else {
                throw RunnerError("Lambda takes no such answer: \(payload.asText)")
            }
            return FunctionAnswer(
                status: 204, headers: [:], body: [], failed: failed, omissions: .response)
        case .error(let payload):
            guard !call.isHTTP else {
                throw RunnerError("The function failed: \(payload.asText)")
            }
            return FunctionAnswer(
                status: 500, headers: [:], body: payload, omissions: .response)
        }
    }
}

extension FunctionCall {
    /// Whether it is a request, rather than what a schedule or a queue says.
    fileprivate var isHTTP: Bool { envelope["method"] != nil }

    /// As Lambda gets it.
    fileprivate var event: JSON {
        guard !isHTTP else { return HTTPEvent.json(of: request) }
        return TriggerEvent.json(
            of: envelope, for: "fixture", id: request.id, time: request.time.milliseconds)
    }

    /// What the Runtime API tells beside the event.
    fileprivate var lambdaHeaders: Headers {
        let latest = Int64(Glibc.time(nil) + Self.patience) * 1000
        return [
            "lambda-runtime-aws-request-id": request.id,
            "lambda-runtime-deadline-ms": String(request.deadline?.milliseconds ?? latest),
            "lambda-runtime-invoked-function-arn":
                "arn:aws:lambda:us-east-1:000000000000:function:fixture",
            // AWS does not say when it took the invocation; this runner does.
            "apus-request-time": String(request.time.milliseconds),
        ]
    }
}

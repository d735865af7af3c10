import Glibc

/// AWS Lambda: asks the Runtime API for one invocation after another, and posts what came of each.
///
/// The process is warm from the first on. What fails before that is told as an error of its
/// initialization. At SIGTERM it ends: at once while it waits, else with its answer.
enum Lambda {
    static func run(_ handler: some Invocable, at address: String) -> Never {
        var api = open(address)
        signal(SIGTERM) { _ in
            Lambda.isEnding = true
            if Lambda.isWaiting { _exit(0) }
        }
        var hasBegun = false
        while !isEnding {
            do {
                isWaiting = true
                let invocation = try api.next()
                isWaiting = false
                hasBegun = true
                try answer(invocation, with: handler, by: &api)
            } catch {
                fail(error, by: &api, isInitial: !hasBegun)
            }
        }
        exit(0)
    }

    private static func open(_ address: String) -> RuntimeAPI {
        do {
            return try RuntimeAPI(address)
        } catch {
            Log.error("The function cannot be initialized.", ["error": "\(error)"])
            exit(1)
        }
    }

    /// Where the API cannot be spoken to, there is nothing left to do for this process: Lambda
    /// starts another.
    private static func fail(_ error: any Error, by api: inout RuntimeAPI, isInitial: Bool) -> Never
    {
        Log.error("Lambda's Runtime API failed.", ["error": "\(error)"])
        if isInitial { try? api.fail(LambdaError(type: "Runtime.InitError", message: "\(error)")) }
        exit(1)
    }

    private static func answer(
        _ invocation: RuntimeAPI.Invocation, with handler: some Invocable,
        by api: inout RuntimeAPI
    ) throws {
        begin(invocation)
        let answer: LambdaAnswer
        do {
            let event = try LambdaEvent.read(invocation, for: type(of: handler).trigger)
            let outcome = handler.run(event.invocation)
            fflush(nil)
            answer = LambdaAnswer(outcome, to: event)
        } catch {
            Log.error("The event cannot be read.", ["error": "\(error)"])
            answer = .failed(LambdaError(type: "Function.InvalidEvent", message: "\(error)"))
        }
        switch answer {
        case .done(let payload): try api.respond(payload, to: invocation.id)
        case .failed(let error): try api.respond(error, to: invocation.id)
        }
    }

    /// What bindings and logs go by until the event itself has been read.
    ///
    /// SDKs that trace find the trace of the invocation in a variable.
    private static func begin(_ invocation: RuntimeAPI.Invocation) {
        if let trace = invocation.trace {
            setenv("_X_AMZN_TRACE_ID", trace, 1)
        } else {
            unsetenv("_X_AMZN_TRACE_ID")
        }
        Current.begin(invocation.request)
    }

    /// Whether it is to end.
    nonisolated(unsafe) private static var isEnding = false
    /// Whether it waits for an invocation, so that nothing is lost where it ends.
    nonisolated(unsafe) private static var isWaiting = false
}

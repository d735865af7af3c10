import FunctionRuntime

@testable import TestSupport

/// What a probe has asked and told a Runtime API of this process, from its start to its end.
struct LambdaRun {
    var requests: [FaultServer.Received]
    var errors: String
    var status: Int32
    var connections: Int

    /// What has been posted, by the last part of the path.
    func posted(_ last: String) -> [FaultServer.Received] {
        requests.filter { $0.line.hasPrefix("POST") && $0.line.contains("/\(last) HTTP") }
    }

    static let end = FaultServer.Step.status(500, "the end")
    static let accepted = FaultServer.Step.status(202, #"{"status":"OK"}"#)
    static let head = "lambda-runtime-aws-request-id: r1\r\n"

    static func event(_ event: JSON, _ headers: String = "") -> FaultServer.Step {
        .status(200, String(decoding: event.bytes, as: UTF8.self), head + headers)
    }

    /// Runs a probe until the API refuses it the next invocation.
    static func start(_ probe: String, _ api: FaultServer) throws -> LambdaRun {
        let outcome = try Program.run(
            "\(Repository.build)/Probes\(probe)",
            // What a `bootstrap` of one line hands on is no option.
            ["/var/task/bootstrap"],
            environment: [
                "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(api.port)/own",
                // Under Lambda it counts alone.
                "GATEWAY_INTERFACE": "CGI/1.1", "Http_Method": "GET",
            ])
        return LambdaRun(
            requests: api.requests, errors: String(decoding: outcome.errors, as: UTF8.self),
            status: outcome.status, connections: api.connections)
    }
}

import FunctionRuntime

/// OpenFaaS: one process a request, as of-watchdog starts it in its modes `serializing` and
/// `streaming`.
///
/// The two are the same for a function: the request's head is in variables `Http_…`, its body on
/// standard input until that ends, and what it writes is the body of the answer, as it comes or when
/// it has ended. The status is 200, or 500 where the function ends with another status than 0.
struct OpenFaaSHost: FunctionHost {
    let name = "OpenFaaS"
    let key = "openfaas"
    let note: String? = "it carries no status and no headers, so they were not compared"
    let processes: Guard

    /// Of several header lines of one name a function gets the first alone.
    func carries(_ fixture: Fixture) -> Bool {
        guard case .object(let headers)? = fixture.request["headers"] else { return true }
        return headers.allSatisfy { header in
            if case .array(let lines) = header.value { lines.count < 2 } else { true }
        }
    }

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        let outcome = try call.run(
            adding: call.watchdogVariables, input: call.request.body, under: processes)
        guard case .exited(let code) = outcome.status, code < 2 else {
            throw RunnerError(
                "The function \(outcome.status). It wrote: \(outcome.errors.asText)")
        }
        return FunctionAnswer(
            status: code == 0 ? 200 : 500, headers: [:], body: outcome.output,
            omissions: .head, log: outcome.errors.asText)
    }
}

extension FunctionCall {
    /// The variables of of-watchdog, and those that the server of Apus adds.
    ///
    /// Names of headers are as Go writes them; of several with one name the first counts.
    fileprivate var watchdogVariables: [String: String] {
        var variables = serverVariables
        variables["APUS_REMOTE_ADDRESS"] = request.remoteAddress
        for name in Set(request.headers.fields.map(\.name)) {
            let words = name.split(separator: "-", omittingEmptySubsequences: false)
            let variable = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            variables["Http_" + variable.joined(separator: "_")] = request.headers[name]
        }
        if !request.body.isEmpty { variables["Http_Content_Length"] = "\(request.body.count)" }
        variables["Http_Method"] = request.method
        variables["Http_Path"] = PercentEncoding.decode(request.path.utf8) ?? request.path
        if !request.query.text.isEmpty { variables["Http_Query"] = request.query.text }
        return variables
    }
}

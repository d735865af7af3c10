import FunctionRuntime

/// CGI as RFC 3875 has it, the server's side of it in a few lines.
struct CGIHost: FunctionHost {
    let name = "CGI"
    let key = "cgi"
    let processes: Guard

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        try call.run(adding: call.metaVariables, input: call.request.body, under: processes)
            .answer { try FunctionAnswer(document: $0) }
    }
}

import FunctionRuntime

/// JSON on standard input.
struct StandardInputHost: FunctionHost {
    let name = "standard input"
    let key = "stdin"
    let processes: Guard

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        try call.run(input: call.envelope.bytes, under: processes).answer {
            try FunctionAnswer(line: $0)
        }
    }
}

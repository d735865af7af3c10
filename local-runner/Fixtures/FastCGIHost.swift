import Dispatch
import FunctionRuntime
import Glibc

/// FastCGI: a function that is given a listening socket, and the client that a web server is.
struct FastCGIHost: FunctionHost {
    let name = "FastCGI"
    let key = "fastcgi"
    let processes: Guard

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        let listener = try Self.listen()
        let client: FastCGIClient
        let function: StartedFunction
        do {
            // The function's alone, so that the connection ends where it does.
            defer { close(listener) }
            client = try FastCGIClient(connectingTo: listener)
            function = try StartedFunction(call, input: listener, under: processes)
        }
        defer { function.end() }
        try client.send(call.metaVariables, body: call.request.body)
        let deadline = DispatchTime.now() + .seconds(FunctionCall.patience)
        let reply = try client.reply { try function.awaitInput(at: $0, until: deadline) }
        guard reply.status == 0 else {
            throw RunnerError(
                "The request ended with status \(reply.status). It wrote: \(function.log)")
        }
        var answer = try FunctionAnswer(document: reply.output)
        answer.log = function.log + reply.errors.asText
        return answer
    }

    /// A socket that listens at an address without a file, which the system chooses (unix(7)).
    private static func listen() throws -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sa_family_t>.size))
            }
        }
        guard status == 0, Glibc.listen(listener, 8) == 0 else {
            close(listener)
            throw SystemCallError("Listening at a socket")
        }
        return listener
    }
}

import FunctionRuntime
import Glibc

/// FastCGI: a function that is given a listening socket, and a client as a web server is one.
struct FastCGIHost: FunctionHost {
    let name = "FastCGI"
    let key = "fastcgi"
    let processes: Guard

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        let listener = try Self.listen()
        let client: FastCGIClient
        let function: StartedFunction
        do {
            // From then on it is the function's alone, so that the connection ends when that does.
            defer { close(listener) }
            client = FastCGIClient(on: try Self.connect(to: listener))
            function = try StartedFunction(call, input: listener, under: processes)
        }
        defer { function.end() }
        do {
            let outcome = try client.send(
                call.metaVariables, body: call.request.body, keepsConnection: false)
            var answer = try FunctionAnswer(document: outcome.output)
            answer.log = function.log
            return answer
        } catch {
            throw RunnerError("\(error) On standard error it wrote: \(function.log)")
        }
    }

    /// A socket that listens at an address without a file, which the system chooses (unix(7)).
    private static func listen() throws -> Int32 {
        let listener = try socket()
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

    /// A connection to the address of a socket that listens; what does not come in time is not
    /// waited for.
    private static func connect(to listener: Int32) throws -> Int32 {
        let connection = try socket()
        var patience = timeval(tv_sec: FunctionCall.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(connection, SOL_SOCKET, option, &patience, size)
        }
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(listener, $0, &length) == 0
                    ? Glibc.connect(connection, $0, length) : -1
            }
        }
        guard status == 0 else {
            close(connection)
            throw SystemCallError("Connecting to a function")
        }
        return connection
    }

    private static func socket() throws -> Int32 {
        let descriptor = Glibc.socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemCallError("Making a socket") }
        return descriptor
    }
}

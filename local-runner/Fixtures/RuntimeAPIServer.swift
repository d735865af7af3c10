import FunctionRuntime
import Glibc

/// Lambda's Runtime API for one invocation, on a port of the loopback.
///
/// The function asks for the next invocation and posts what came of it; its next question is not
/// answered any more.
final class RuntimeAPIServer {
    /// What a function has posted.
    enum Outcome {
        case response([UInt8])
        case error([UInt8])
    }

    private struct Request {
        var method: String
        var path: String
        var body: [UInt8]
    }

    private let listener: Int32
    private var connection: Int32 = -1
    private var input: [UInt8] = []
    private let port: Int

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, size) = (listener, length)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0
                    ? getsockname(listener, $0, &length) : -1
            }
        }
        port = Int(in_port_t(bigEndian: address.sin_port))
        guard status == 0 else {
            close(listener)
            throw SystemCallError("Listening at a port")
        }
    }

    deinit {
        if connection >= 0 { close(connection) }
        close(listener)
    }

    /// For `AWS_LAMBDA_RUNTIME_API`.
    var address: String { "127.0.0.1:\(port)" }

    /// Hands out an event, and waits for what comes of it.
    ///
    /// - Parameters:
    ///   - event: in JSON.
    ///   - headers: of the invocation; they name its id.
    ///   - wait: called with a descriptor before each read; it returns when there is something to
    ///     be read, or throws.
    /// - Returns: what the function has posted.
    /// - Throws: ``RunnerError`` where the function does not speak as the API wants it.
    func serve(
        _ event: JSON, named headers: Headers, awaiting wait: (Int32) throws -> Void
    ) throws -> Outcome {
        let invocation =
            "/2018-06-01/runtime/invocation/"
            + PercentEncoding.encode(headers["lambda-runtime-aws-request-id"] ?? "")
        while true {
            let request = try next(wait)
            switch (request.method, request.path) {
            case ("GET", "/2018-06-01/runtime/invocation/next"):
                try send(200, headers, event.bytes)
            case ("POST", invocation + "/response"):
                try send(202, [:], Array(#"{"status":"OK"}"#.utf8))
                return .response(request.body)
            case ("POST", invocation + "/error"):
                try send(202, [:], Array(#"{"status":"OK"}"#.utf8))
                return .error(request.body)
            default:
                throw RunnerError(
                    "The function asked the Runtime API for \(request.method) \(request.path): "
                        + request.body.asText)
            }
        }
    }

    private func send(_ status: Int, _ headers: Headers, _ body: [UInt8]) throws {
        var head = "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Accepted")\r\n"
        for field in headers.fields { head += "\(field.name): \(field.value)\r\n" }
        head += "content-type: application/json\r\ncontent-length: \(body.count)\r\n\r\n"
        var rest = (Array(head.utf8) + body)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw SystemCallError("Sending an event") }
            rest = rest.dropFirst(sent)
        }
    }

    /// The next request, on the connection that there is or on a new one.
    private func next(_ wait: (Int32) throws -> Void) throws -> Request {
        while true {
            if connection < 0 {
                try wait(listener)
                connection = accept(listener, nil, nil)
                input = []
            }
            if let request = try request(wait) { return request }
            close(connection)
            connection = -1
        }
    }

    /// A request with a body of a declared length; nil where the connection has ended before one.
    private func request(_ wait: (Int32) throws -> Void) throws -> Request? {
        while true {
            if let end = input.firstIndex(of: "\r\n\r\n") {
                let lines = Array(input[..<end]).asText.split(separator: "\r\n")
                let words = lines[0].split(separator: " ").map(String.init)
                let length = lines.dropFirst().first {
                    $0.lowercased().hasPrefix("content-length:")
                }
                .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                let total = end + 4 + (length ?? 0)
                if input.count >= total, words.count == 3 {
                    defer { input.removeFirst(total) }
                    return Request(
                        method: words[0], path: words[1], body: Array(input[(end + 4)..<total]))
                }
            }
            try wait(connection)
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            input += buffer[..<count]
        }
    }
}

import Glibc

/// CGI/1.1, RFC 3875: the request in environment variables and on standard input, the response on
/// standard output, one process a request.
enum CGI {
    static func run(_ handler: some Function, output: Int32) {
        let request = request()
        Log.requestID = request.id
        let (response, _) = handler.answer(request)
        fflush(nil)
        Descriptor.write(bytes(of: response), to: output)
    }

    /// The request of this process (RFC 3875 §4.1).
    private static func request() -> Request {
        var headers = Headers()
        for (name, value) in variables() where name.hasPrefix("HTTP_") {
            headers.append(String(name.dropFirst(5).map { $0 == "_" ? "-" : $0 }), value)
        }
        if let type = Environment["CONTENT_TYPE"] { headers["content-type"] = type }
        if let length = Environment["CONTENT_LENGTH"] { headers["content-length"] = length }
        let path = Environment["PATH_INFO"] ?? "/"
        return Request(
            method: Environment["REQUEST_METHOD"] ?? "GET",
            // A server decodes it (§4.1.5); what it stood for in the URL is encoded again.
            path: PercentEncoding.encode(path, keeping: "/:@!$&'()*+,;="),
            query: Environment["QUERY_STRING"] ?? "",
            headers: headers,
            body: body(),
            remoteAddress: Environment["REMOTE_ADDR"] ?? "",
            id: Environment["APUS_REQUEST_ID"] ?? "\(Clock.now().microseconds)-\(getpid())",
            time: milliseconds("APUS_REQUEST_TIME") ?? Clock.now(),
            deadline: milliseconds("APUS_DEADLINE"))
    }

    /// A moment in epoch milliseconds that the server sets.
    ///
    /// No header can: a client that chose the time could outlive its session.
    private static func milliseconds(_ name: String) -> Timestamp? {
        Environment[name].flatMap(Timestamp.read(milliseconds:))
    }

    private static func variables() -> [(String, String)] {
        var variables: [(String, String)] = []
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables.append((String(parts[0]), String(parts[1]))) }
            next += 1
        }
        return variables
    }

    /// No more than CONTENT_LENGTH is read, as a server need not close the input (§4.2).
    private static func body() -> [UInt8] {
        var body: [UInt8] = []
        var left = Environment["CONTENT_LENGTH"].flatMap(Int.init) ?? 0
        while left > 0 {
            let before = body.count
            guard Descriptor.read(from: STDIN_FILENO, into: &body, limit: min(left, 1 << 16))
            else { break }
            left -= body.count - before
        }
        return body
    }

    /// A document response (§6): header fields, an empty line, the body.
    static func bytes(of response: Response) -> [UInt8] {
        var head = "Status: \(response.status) \(StatusText.of(response.status))\r\n"
        for field in response.headers.fields {
            head += "\(field.name): \(field.value)\r\n"
        }
        return Array((head + "\r\n").utf8) + response.body
    }
}

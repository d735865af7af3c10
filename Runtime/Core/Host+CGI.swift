import Glibc

/// CGI/1.1, RFC 3875: the request in environment variables and on standard input, the response on
/// standard output, one process a request.
enum CGI {
    static func run(_ handler: some Invocable, output: Int32) {
        let request = request()
        Current.begin(request)
        let response = answer(request, with: handler)
        fflush(nil)
        Descriptor.write(bytes(of: response), to: output)
    }

    /// A body that is shorter than CONTENT_LENGTH was cut off on its way, and is not to be acted on.
    ///
    /// What is run by a schedule or a queue is told so by a POST of the same JSON as on standard
    /// input.
    private static func answer(_ request: Request, with handler: some Invocable) -> Response {
        guard request.body.count == contentLength else {
            return type(of: handler).render(
                .badRequest("The body ended after \(request.body.count) of \(contentLength) bytes.")
            )
        }
        if case .route = type(of: handler).trigger {
            return handler.run(.request(request)).response
        }
        do {
            let outcome = handler.run(
                try request.body.withUnsafeBufferPointer(RequestEnvelope.read))
            return outcome.asDocument
        } catch {
            return type(of: handler).render(
                .badRequest("The body is not an event for \(type(of: handler)). \(error)"))
        }
    }

    /// The request of this process (RFC 3875 §4.1).
    private static func request() -> Request {
        let path = Environment["PATH_INFO"] ?? "/"
        return Request(
            method: Environment["REQUEST_METHOD"] ?? "GET",
            // A server decodes it (§4.1.5); what it stood for in the URL is encoded again.
            path: PercentEncoding.encode(path, keeping: "/:@!$&'()*+,;="),
            query: Environment["QUERY_STRING"] ?? "",
            headers: headers(),
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

    /// The variables `HTTP_…` and the two header fields that have their own (§4.1.18).
    private static func headers() -> Headers {
        var headers = Headers()
        var next = environ
        while let entry = next.pointee {
            next += 1
            guard strncmp(entry, "HTTP_", 5) == 0, let equals = strchr(entry, 0x3D) else {
                continue
            }
            let name = UnsafeRawBufferPointer(start: entry + 5, count: equals - entry - 5)
            headers.append(
                String(decoding: name.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self),
                String(cString: equals + 1))
        }
        if let type = Environment["CONTENT_TYPE"] { headers["content-type"] = type }
        if let length = Environment["CONTENT_LENGTH"] { headers["content-length"] = length }
        return headers
    }

    /// What is not a length counts as none.
    private static var contentLength: Int {
        max(0, Environment["CONTENT_LENGTH"].flatMap { Int($0) } ?? 0)
    }

    /// No more than CONTENT_LENGTH is read, as a server need not close the input (§4.2).
    private static func body() -> [UInt8] {
        var body: [UInt8] = []
        while body.count < contentLength {
            let left = contentLength - body.count
            guard Descriptor.read(from: STDIN_FILENO, into: &body, limit: min(left, 1 << 16))
            else { break }
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

extension Outcome {
    /// The response of a host that knows HTTP alone: failed messages are in the body.
    fileprivate var asDocument: Response {
        guard !failed.isEmpty else { return response }
        return Response(
            status: 200, headers: ["content-type": "application/json"],
            body: batchItemFailures.bytes)
    }
}

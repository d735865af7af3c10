/// What the hosts share that are handed HTTP requests and nothing else: CGI, FastCGI, OpenFaaS.
enum Gateway {
    /// Runs the handler for a request.
    ///
    /// A body that is shorter than it was to be was cut off on its way, and is not to be acted on.
    /// What is run by a schedule or a queue is told so by a POST of the same JSON as on standard
    /// input.
    static func answer(
        _ request: Request, of length: Int?, with handler: some Invocable
    ) -> Response {
        Current.begin(request)
        if let length, request.body.count != length {
            return type(of: handler).render(
                .badRequest("The body ended after \(request.body.count) of \(length) bytes."))
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

    /// Adds a document response (RFC 3875 §6) up to its body: header fields and an empty line.
    static func appendHead(of response: Response, to bytes: inout [UInt8]) {
        bytes += "Status: \(response.status) \(StatusText.of(response.status))\r\n".utf8
        for field in response.headers.fields {
            bytes += field.name.utf8
            bytes += ": ".utf8
            bytes += field.value.utf8
            bytes += "\r\n".utf8
        }
        bytes += "\r\n".utf8
    }
}

extension Outcome {
    /// The response of a host that knows HTTP alone: failed messages are in the body.
    ///
    /// `{"batchItemFailures": [{"itemIdentifier": "…"}]}` is how AWS Lambda has it.
    fileprivate var asDocument: Response {
        guard !failed.isEmpty else { return response }
        let items = failed.map { id -> JSON in ["itemIdentifier": .string(id)] }
        return Response(
            status: 200, headers: ["content-type": "application/json"],
            body: JSON.object([.init("batchItemFailures", .array(items))]).bytes)
    }
}

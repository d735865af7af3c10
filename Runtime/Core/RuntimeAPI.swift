/// Lambda's Runtime API, version 2018-06-01.
struct RuntimeAPI {
    /// One invocation as the API hands it over.
    struct Invocation {
        /// Lambda's own, which its lines START, END and REPORT in CloudWatch bear.
        ///
        /// It is the id of the request, too, rather than that of API Gateway: so one search finds
        /// the function's lines and Lambda's. API Gateway's log can name it
        /// (`$context.integration.requestId`).
        var id: String
        /// When Lambda ends the process.
        var deadline: Timestamp?
        /// When the host took it, where it tells: AWS does not, but the local runner's clock may
        /// have been moved.
        var time: Timestamp?
        /// The value of X-Ray's header.
        var trace: String?
        var event: [UInt8]

        /// What is known before the event is read.
        var request: Request {
            Request(
                method: "", path: "", id: id, time: time ?? Clock.now(), deadline: deadline)
        }
    }

    private var connection: LambdaConnection
    private let base: String

    /// - Parameter address: `host:port`, with a path behind it where an emulator gives each
    ///   function one of its own.
    /// - Throws: ``LambdaConnection/Problem`` where it is none.
    init(_ address: String) throws {
        var rest = Substring(address)
        if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, parts.count <= 2,
            let port = UInt16(parts.count == 2 ? parts[1] : "80"), port > 0
        else {
            throw LambdaConnection.Problem(
                description: """
                    AWS_LAMBDA_RUNTIME_API is "\(address)"; it must be an IPv4 address and a port, \
                    such as 127.0.0.1:9001.
                    """)
        }
        connection = LambdaConnection(host: String(host), port: port)
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path.removeLast() }
        base = path + "/2018-06-01/runtime/"
    }

    /// Waits for the next invocation, which may be long in coming.
    ///
    /// - Throws: ``LambdaConnection/Problem``; the process can then do nothing but end.
    mutating func next() throws -> Invocation {
        let response = try connection.send("GET", base + "invocation/next")
        guard response.status == 200, let id = response.headers["lambda-runtime-aws-request-id"]
        else {
            throw LambdaConnection.Problem(
                description: """
                    Asked for the next invocation, it answered \(response.status) \
                    \(String(decoding: response.body.prefix(500), as: UTF8.self))
                    """)
        }
        let headers = response.headers
        return Invocation(
            id: id,
            deadline: headers["lambda-runtime-deadline-ms"].flatMap(Timestamp.read(milliseconds:)),
            time: headers["apus-request-time"].flatMap(Timestamp.read(milliseconds:)),
            trace: headers["lambda-runtime-trace-id"], event: response.body)
    }

    /// Posts what a function has answered.
    ///
    /// Lambda takes 6 MiB and no more. What it refuses is told as the invocation's error, so that
    /// whoever waits learns why; one that has told it itself by then passes over that.
    mutating func respond(_ payload: [UInt8], to id: String) throws {
        let response = try connection.send(
            "POST", base + "invocation/\(id)/response", [("content-type", "application/json")],
            body: payload)
        guard response.status == 413 else { return note(response, "answer") }
        let error = LambdaError(
            type: "Function.ResponseSizeTooLarge",
            message: "The answer has \(payload.count) bytes, which is more than Lambda takes.")
        Log.error(error.message)
        _ = try post(error, to: "invocation/\(id)/error")
    }

    /// Posts that a function has failed.
    mutating func respond(_ error: LambdaError, to id: String) throws {
        note(try post(error, to: "invocation/\(id)/error"), "error")
    }

    /// Posts that the function cannot begin its work.
    mutating func fail(_ error: LambdaError) throws {
        note(try post(error, to: "init/error"), "error")
    }

    private mutating func post(
        _ error: LambdaError, to path: String
    ) throws -> LambdaConnection.Response {
        try connection.send(
            "POST", base + path,
            [
                ("content-type", "application/vnd.aws.lambda.error+json"),
                ("lambda-runtime-function-error-type", error.type),
            ], body: error.json.bytes)
    }

    /// What it does not take, because the time is over for instance, is no reason to end.
    private func note(_ response: LambdaConnection.Response, _ what: String) {
        guard !(200..<300).contains(response.status) else { return }
        Log.warning(
            "Lambda did not take the \(what).",
            [
                "status": "\(response.status)",
                "answer": String(decoding: response.body.prefix(500), as: UTF8.self),
            ])
    }
}

/// What Lambda is told of a failure.
struct LambdaError: Equatable {
    /// Of the form that Lambda lets pass in its header: `Function.`, `Runtime.`, and a word.
    var type: String
    var message: String

    var json: JSON {
        [
            "errorMessage": .string(message), "errorType": .string(type),
            "stackTrace": .array([]),
        ]
    }
}

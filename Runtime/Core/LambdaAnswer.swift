/// What is posted to Lambda for an outcome.
///
/// | what came | where it went well | where not |
/// |---|---|---|
/// | HTTP, payload 2.0 | `statusCode`, `headers`, `cookies`, `body`, `isBase64Encoded` | the same: its status tells |
/// | a batch of SQS | `batchItemFailures` | an error, so that all is delivered again |
/// | a schedule | `null` | an error, so that Lambda tries again |
/// | an envelope of stdin-JSON | its response | the same for HTTP, an error for others |
enum LambdaAnswer: Equatable {
    case done([UInt8])
    case failed(LambdaError)

    init(_ outcome: Outcome, to event: LambdaEvent) {
        if case .request = event.invocation {
            self = .done(
                event.form == .envelope
                    ? ResponseEnvelope.line(of: outcome) : Self.document(of: outcome.response))
        } else if outcome.response.status >= 400 {
            self = .failed(LambdaError(outcome))
        } else {
            self =
                switch event.form {
                case .envelope: .done(ResponseEnvelope.line(of: outcome))
                case .batch: .done(outcome.batchItemFailures.bytes)
                case .http, .schedule: .done(Array("null".utf8))
                }
        }
    }

    /// A response as API Gateway reads it.
    ///
    /// Cookies have lines of their own there; other fields that come several times are one, joined
    /// as RFC 9110 §5.3 joins them.
    private static func document(of response: Response) -> [UInt8] {
        var writer = JSONWriter()
        let depth = writer.begin(UInt8(ascii: "{"), UInt8(ascii: "}"))
        writer.name("statusCode", at: depth)
        writer.number(response.status)
        writer.name("headers", at: depth)
        writer.write(.object(members(of: response.headers)))
        let cookies = response.headers.all("set-cookie")
        if !cookies.isEmpty {
            writer.name("cookies", at: depth)
            writer.write(.array(cookies.map(JSON.string)))
        }
        let isText = (try? UTF8Span(validating: response.body.span)) != nil
        writer.name("body", at: depth)
        if isText {
            response.body.withUnsafeBufferPointer { writer.string($0) }
        } else {
            writer.string(Base64.encode(response.body))
        }
        writer.name("isBase64Encoded", at: depth)
        writer.write(.bool(!isText))
        writer.close(to: 0)
        return writer.bytes
    }

    private static func members(of headers: Headers) -> [JSON.Member] {
        var members: [JSON.Member] = []
        for field in headers.fields where field.name != "set-cookie" {
            guard !members.contains(where: { $0.name == field.name }) else { continue }
            let values = headers.all(field.name).joined(separator: ", ")
            members.append(.init(field.name, .string(values)))
        }
        return members
    }
}

extension LambdaError {
    /// What a handler has thrown, or why it was not run.
    init(_ outcome: Outcome) {
        if let error = outcome.error {
            self.init(type: "Function.\(Swift.type(of: error))", message: "\(error)")
        } else {
            let body = String(decoding: outcome.response.body, as: UTF8.self)
            self.init(type: "Function.Failure", message: body)
        }
    }
}

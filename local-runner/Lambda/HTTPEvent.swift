import FunctionRuntime

/// An HTTP request as API Gateway hands it to a function of Lambda: payload format 2.0.
enum HTTPEvent {
    /// The event of a request.
    ///
    /// The path stays percent-encoded, as function URLs give it; HTTP APIs decode it, so that an
    /// encoded slash cannot be told from another.
    static func json(of request: Request) -> JSON {
        let (body, isBinary) = body(of: request)
        var members: [JSON.Member] = [
            .init("version", "2.0"), .init("routeKey", "$default"),
            .init("rawPath", .string(request.path)),
            .init("rawQueryString", .string(request.query.text)),
        ]
        let cookies = cookies(of: request)
        if !cookies.isEmpty { members.append(.init("cookies", .array(cookies))) }
        members.append(.init("headers", .object(joined(headers(of: request)))))
        if !request.query.text.isEmpty {
            let pairs = request.query.pairs
            members.append(.init("queryStringParameters", .object(joined(pairs))))
        }
        members.append(.init("requestContext", context(of: request)))
        if let body { members.append(.init("body", .string(body))) }
        members.append(.init("isBase64Encoded", .bool(isBinary)))
        return .object(members)
    }

    private static func context(of request: Request) -> JSON {
        let host = request.host
        return [
            "accountId": "000000000000", "apiId": "local", "domainName": .string(host),
            "domainPrefix": .string(String(host.prefix { $0 != "." })),
            "http": [
                "method": .string(request.method), "path": .string(request.path),
                "protocol": "HTTP/1.1", "sourceIp": .string(request.remoteAddress),
                "userAgent": .string(request.headers["user-agent"] ?? ""),
            ],
            "requestId": .string(request.id), "routeKey": "$default", "stage": "$default",
            "time": .string(WireDate.log(request.time.milliseconds)),
            "timeEpoch": .number(String(request.time.milliseconds)),
        ]
    }

    private static func cookies(of request: Request) -> [JSON] {
        request.headers.all("cookie").flatMap { line in
            line.split(separator: ";").map { .string(String($0.drop { $0 == " " })) }
        }
    }

    private static func headers(of request: Request) -> [(name: String, value: String)] {
        request.headers.fields.filter { $0.name != "cookie" }.map { ($0.name, $0.value) }
    }

    /// One member a name; several values are joined by commas.
    private static func joined(_ pairs: [(name: String, value: String)]) -> [JSON.Member] {
        var members: [JSON.Member] = []
        var places: [String: Int] = [:]
        for pair in pairs {
            if let place = places[pair.name], let value = members[place].value.text {
                members[place].value = .string("\(value),\(pair.value)")
            } else {
                places[pair.name] = members.count
                members.append(.init(pair.name, .string(pair.value)))
            }
        }
        return members
    }

    /// The body as text where its media type is one of text, and in base64 otherwise, such as for a
    /// form.
    private static func body(of request: Request) -> (text: String?, isBinary: Bool) {
        guard !request.body.isEmpty else { return (nil, false) }
        let type = (request.headers["content-type"] ?? "text/plain").lowercased()
        let isText =
            type.hasPrefix("text/")
            || ["application/json", "application/javascript", "application/xml"]
                .contains { type.hasPrefix($0) }
        if isText, let text = String(validating: request.body, as: UTF8.self) {
            return (text, false)
        }
        return (Base64.encode(request.body), true)
    }
}

/// What a function of Lambda has answered, where it does not answer as its host wants it.
struct LambdaAnswerError: Error, CustomStringConvertible {
    var description: String
}

extension HTTPEvent {
    /// The response that a function has answered an event with, as API Gateway reads it.
    ///
    /// An object without `statusCode`, and whatever is no object, is the body of a 200.
    ///
    /// - Throws: ``LambdaAnswerError`` or ``JSONError`` where it is not one.
    static func response(of payload: [UInt8]) throws -> Response {
        let json = try JSON(parsing: payload)
        guard let status = json["statusCode"] else {
            return Response(
                status: 200, headers: ["content-type": "application/json"], body: json.bytes)
        }
        guard case .number(let code) = status, let code = Int(code), (200...599).contains(code)
        else { throw LambdaAnswerError(description: "\"statusCode\" is not between 200 and 599") }
        var response = Response(status: code, body: try body(of: json))
        if case .object(let headers)? = json["headers"] {
            for header in headers {
                response.headers.append(header.name, try text(of: header.value, "headers"))
            }
        }
        if case .array(let cookies)? = json["cookies"] {
            for cookie in cookies {
                response.headers.append("set-cookie", try text(of: cookie, "cookies"))
            }
        }
        if response.headers["content-type"] == nil, !response.body.isEmpty {
            response.headers["content-type"] = "text/plain;charset=utf-8"
        }
        return response
    }

    private static func body(of json: JSON) throws -> [UInt8] {
        switch json["body"] {
        case nil, .null?: return []
        case .string(let text)?:
            guard json["isBase64Encoded"] == .bool(true) else { return Array(text.utf8) }
            guard let bytes = Base64.decode(text) else {
                throw LambdaAnswerError(description: "\"body\" does not hold base64")
            }
            return bytes
        default: throw LambdaAnswerError(description: "\"body\" is not a string")
        }
    }

    private static func text(of value: JSON, _ member: String) throws -> String {
        switch value {
        case .string(let text), .number(let text): return text
        case .bool(let value): return value ? "true" : "false"
        default: throw LambdaAnswerError(description: "a value in \"\(member)\" is not a string")
        }
    }
}

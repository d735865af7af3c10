import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Somebody with a browser: keeps the session's cookie, and reads JSON.
struct Visitor {
    let client: AppClient
    /// What serves the app, which ends with it.
    private let server: AnyObject
    private(set) var headers: Headers = [:]

    init(to app: RunningApp) {
        (client, server) = (app.client, app)
    }

    init(to runner: RunnerCopy) throws {
        (client, server) = (AppClient(of: "Brainstorm", port: try runner.port), runner)
    }

    /// Signs in, and keeps the cookie.
    mutating func signIn(_ email: String, _ password: String) throws {
        let answer = try client.begin(
            "POST", "/api/auth/signin",
            json: ["email": .string(email), "password": .string(password)]
        ).answer()
        try #require(answer.status == 200, "\(answer.text)")
        let cookie = try #require(answer.headers["set-cookie"]?.split(separator: ";").first)
        headers["cookie"] = String(cookie)
    }

    /// Sends a request, expects a status, and gives the body.
    @discardableResult
    func send(
        _ method: String, _ target: String, json: JSON? = nil, expecting status: Int = 200,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSON {
        let answer = try client.begin(method, target, json: json, headers: headers).answer()
        try #require(
            answer.status == status, "\(method) \(target): \(answer.text)",
            sourceLocation: sourceLocation)
        return answer.body.isEmpty ? .null : try JSON(parsing: answer.body)
    }

    /// Sends a file in a form.
    func upload(_ file: String, named name: String, to target: String) throws -> FunctionAnswer {
        var headers = headers
        headers["content-type"] = "multipart/form-data; boundary=boundary-of-the-tests"
        let body = """
            --boundary-of-the-tests\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: text/csv\r
            \r
            \(file)\r
            --boundary-of-the-tests--\r

            """
        return try client.begin("POST", target, body: Array(body.utf8), headers: headers).answer()
    }
}

extension JSON {
    /// A whole number; nil for anything else.
    var number: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }

    /// The elements of an array; none for anything else.
    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

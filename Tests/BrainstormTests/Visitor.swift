import FunctionRuntime
import TestSupport
import Testing

/// Somebody with a browser: keeps the session's cookie, and reads JSON.
struct Visitor {
    let app: RunningApp
    private(set) var headers: Headers = [:]

    init(to app: RunningApp) {
        self.app = app
    }

    /// Signs in, and keeps the cookie.
    mutating func signIn(_ email: String, _ password: String) throws {
        let answer = try app.send(
            "POST", "/api/auth/signin",
            json: ["email": .string(email), "password": .string(password)])
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
        let answer = try app.send(method, target, json: json, headers: headers)
        try #require(
            answer.status == status, "\(method) \(target): \(answer.text)",
            sourceLocation: sourceLocation)
        return answer.body.isEmpty ? .null : try JSON(parsing: answer.body)
    }
}

extension JSON {
    /// The elements of an array; none for anything else.
    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

import FunctionRuntime

@testable import LocalRunner
@testable import TestSupport

/// A server in this process with the emulated key-value store and mail, and nothing else.
final class EmulatedServer {
    let folder: TemporaryFolder
    let credentials: Credentials
    private let server: Server

    /// - Parameters:
    ///   - folder: of an earlier server, to go on from what it has stored; nil for a new one.
    ///   - ahead: how far the clock is ahead of the system's, in seconds.
    ///   - isStale: whether keys are as stale as in production.
    /// - Throws: where it cannot be started.
    init(
        in folder: TemporaryFolder? = nil, ahead: Int64 = 0, isStale: Bool = false
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        let state = try StateFolder("\(folder.path)/state")
        let clock = RunnerClock(offset: ahead * 1000)
        self.folder = folder
        credentials = try Credentials(in: state)
        let keys = try KeyValueService(
            state: state, credentials: credentials, clock: clock, isStale: isStale)
        try keys.store.ensureNamespace(title: "tests")
        let mail = try MailService(state: state, credentials: credentials, clock: clock)
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        options.logsRequests = false
        server = try Server(
            mounts: [], options: options, processes: Children.processes.get(),
            services: [keys, mail], clock: clock)
        try server.start()
    }

    deinit { stop() }

    /// Ends it; the folder stays.
    func stop() {
        server.stop(patience: 0)
    }

    func send(
        _ method: String, _ path: String, _ headers: Headers = [:], body: [UInt8] = []
    ) throws -> FunctionAnswer {
        var headers = headers
        headers["host"] = headers["host"] ?? "localhost"
        return try client.send(method, path, headers: headers, body: body)
    }

    var client: HTTPClient { HTTPClient(.port(server.port)) }

    // MARK: - Cloudflare

    static let namespace = EmulatedAddresses.namespaceID(title: "tests")

    var account: String { "/client/v4/accounts/\(credentials.cloudflareAccount)" }

    /// Sends a request to Cloudflare's API, below the namespaces.
    func keys(
        _ method: String, _ path: String, _ headers: Headers = [:], body: [UInt8] = []
    ) throws -> FunctionAnswer {
        var headers = headers
        headers["authorization"] = "Bearer \(credentials.cloudflareToken)"
        return try send(
            method, "\(account)/storage/kv/namespaces\(path)", headers, body: body)
    }

    func keys(_ method: String, _ path: String, json: JSON) throws -> FunctionAnswer {
        try keys(method, path, ["content-type": "application/json"], body: json.bytes)
    }

    /// Sends a request to the tests' namespace.
    func tests(
        _ method: String, _ path: String, _ headers: Headers = [:], body: String = ""
    ) throws -> FunctionAnswer {
        try keys(method, "/\(Self.namespace)\(path)", headers, body: Array(body.utf8))
    }

    func tests(_ method: String, _ path: String, json: JSON) throws -> FunctionAnswer {
        try keys(method, "/\(Self.namespace)\(path)", json: json)
    }

    // MARK: - Resend

    func mail(
        _ method: String, _ path: String, _ headers: Headers = [:], json: JSON? = nil
    ) throws -> FunctionAnswer {
        var headers = headers
        headers["authorization"] = "Bearer \(credentials.resendKey)"
        headers["content-type"] = "application/json"
        return try send(method, path, headers, body: json?.bytes ?? [])
    }
}

extension FunctionAnswer {
    /// The body as JSON; null where it is none.
    var json: JSON { (try? JSON(parsing: body)) ?? .null }

    /// `result` of Cloudflare's envelope.
    var result: JSON? { json["result"] }

    /// The status, and the code of Cloudflare's first error.
    var refusal: String {
        guard case .array(let errors)? = json["errors"], let error = errors.first else {
            return "\(status)"
        }
        return "\(status) \(String(decoding: (error["code"] ?? .null).bytes, as: UTF8.self))"
    }

    /// The status, the name and the message of Resend's errors.
    var problem: String {
        "\(status) \(json["name"]?.text ?? "-") \(json["message"]?.text ?? "-")"
    }
}

extension JSON? {
    var elements: [JSON] {
        guard case .array(let elements)? = self else { return [] }
        return elements
    }
}

import FunctionRuntime

/// One call as every host gets it: the program, its environment and the request, made whole.
struct FunctionCall: Sendable {
    /// When a fixture happens that does not say otherwise, in epoch milliseconds.
    ///
    /// It is 2026-11-21T09:00:00Z; the worlds are written around it.
    static let time = 1_795_251_600_000

    /// Unlike that of every other call; a web server mounts the function here.
    var mount: String
    var executable: String
    /// What the function gets of the app's variables and bindings, and nothing else.
    var environment: [String: String]
    /// The request as stdin-JSON.
    var envelope: JSON
    /// The same request, read.
    var request: Request

    /// - Parameters:
    ///   - mount: unlike that of every other call.
    ///   - executable: the path of the function.
    ///   - environment: the variables of its bindings.
    ///   - request: as a fixture has it.
    ///   - host: whom the client asks for, where the request does not say.
    /// - Throws: ``RunnerError`` where it is not the request of stdin-JSON.
    init(
        mount: String, executable: String, environment: [String: String], request: JSON,
        host: String
    ) throws {
        self.mount = mount
        self.executable = executable
        self.environment = environment
        envelope = Self.complete(request, host: host)
        let bytes = envelope.bytes
        let invocation = try bytes.withUnsafeBufferPointer { try RequestEnvelope.read($0) }
        // To a web server, what a schedule or a queue says is the body of a POST.
        var event = Request(
            method: "POST", path: "/", headers: ["host": host, "content-type": "application/json"],
            body: bytes, remoteAddress: "127.0.0.1", id: "fixture",
            time: Timestamp(milliseconds: Int64(Self.time)))
        switch invocation {
        case .request(let request): self.request = request
        case .schedule(let schedule):
            (event.time, event.deadline) = (schedule.time, schedule.deadline)
            self.request = event
        case .messages: self.request = event
        }
    }

    /// Fills in what a server would tell, so that it is the same under every host.
    private static func complete(_ request: JSON, host: String) -> JSON {
        guard case .object(var members) = request else { return request }
        let defaults: [JSON.Member] = [
            .init("remoteAddress", "127.0.0.1"), .init("id", "fixture"),
            .init("time", .number(String(time))), .init("headers", [:]),
        ]
        for member in defaults where request[member.name] == nil { members.append(member) }
        for index in members.indices where members[index].name == "headers" {
            guard case .object(var headers) = members[index].value,
                !headers.contains(where: { $0.name.lowercased() == "host" })
            else { continue }
            headers.append(.init("host", .string(host)))
            members[index].value = .object(headers)
        }
        return .object(members)
    }
}

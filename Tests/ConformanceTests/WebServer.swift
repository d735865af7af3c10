import FunctionRuntime
import Glibc
import TestSupport

@testable import LocalRunner

/// What the web servers have in common: each listens at an address of its own, and has every
/// fixture's function mounted at the fixture's number, with the variables that the fixture is to
/// have.
struct WebServer: Sendable {
    let folder: String
    let address: HTTPClient.Address
    var log: String { folder + "/log" }

    /// One function where it answers.
    struct Mount {
        typealias Variable = (name: String, value: String)

        var name: String
        var executable: String
        /// What the function has for its environment.
        var environment: [Variable]
        /// What the server says of a request beside what it knows itself.
        var variables: [Variable]

        var path: String { "/\(name)/" }
    }

    /// - Parameters:
    ///   - name: of its folder.
    ///   - isAtPort: for a server that knows no sockets of Unix.
    /// - Throws: ``TestError`` where there is no place for it.
    init(name: String, isAtPort: Bool = false) throws {
        folder = try Children.folder(name)
        address = isAtPort ? .port(try Self.freePort()) : .socket(path: folder + "/http")
    }

    /// As configurations have it: a path, or the number of a port of 127.0.0.1.
    var place: String {
        switch address {
        case .socket(let path): path
        case .port(let port): String(port)
        }
    }

    /// A mount for each call of each fixture that can be read; of the others their own test says
    /// why not.
    static func mounts(for key: String) throws -> [Mount] {
        try FixtureFile.all.flatMap { file -> [FunctionCall] in
            guard let fixture = try? file.read() else { return [] }
            return try Stage(
                file, fixture, hostKey: key, in: try Children.sandbox.get()
            ).calls()
        }.map { call in
            let variables = call.serverVariables
                .merging(["REMOTE_ADDR": call.request.remoteAddress]) { $1 }
            return Mount(
                name: call.mount, executable: call.executable,
                environment: call.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                variables: variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws -> String {
        let path = "\(folder)/\(name)"
        guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0,
            chmod(path, mode) == 0
        else { throw TestError("\(path) cannot be written.") }
        return path
    }

    /// Starts a program, and waits until it listens.
    func start(_ command: [String], listeningAt address: HTTPClient.Address? = nil) throws {
        let address = address ?? self.address
        let isRunning = try Children.start(command, log: log)
        for _ in 0..<1000 where isRunning() {
            if HTTPClient(address).isAnswered { return }
            usleep(10_000)
        }
        let log = (try? Repository.bytes(of: log)).map { String(decoding: $0, as: UTF8.self) }
        throw TestError("\(command[0]) does not listen at \(address). Its log: \(log ?? "")")
    }

    /// Sends the request that a call is, with `more` headers, to its mount below a path.
    func answer(_ call: FunctionCall, adding more: Headers = [:], below prefix: String = "") throws
        -> FunctionAnswer
    {
        let request = call.request
        var headers = request.headers
        for field in more.fields { headers.append(field.name, field.value) }
        let query = request.query.text.isEmpty ? "" : "?" + request.query.text
        return try HTTPClient(address).send(
            request.method, "\(prefix)/\(call.mount)\(request.path)\(query)", headers: headers,
            body: request.body)
    }

    /// Where the function of a mount serves FastCGI, while it is called.
    func gateway(of mount: String) -> String { "\(folder)/\(mount)" }

    /// Runs a function that serves FastCGI for as long as its call takes, in an environment of
    /// its own.
    func serving(_ call: FunctionCall, _ answer: () throws -> FunctionAnswer) throws
        -> FunctionAnswer
    {
        let socket = gateway(of: call.mount)
        let function = try ListeningFunction(
            call.executable, environment: call.environment, socket: socket, errors: log)
        defer {
            function.signal(SIGTERM)
            unlink(socket)
        }
        return try answer()
    }

    /// A port of 127.0.0.1 at which nobody listens.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard code == 0 else { throw TestError("There is no free port.") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

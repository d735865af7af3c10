import Foundation
import FunctionPostgres
import Glibc

/// Where fixtures are replayed: a temporary folder, and in it a PostgreSQL, a Redis and the services
/// of the runner, all private and started when they are first needed.
///
/// Nothing in it is that of a copy of the runner that serves meanwhile. The programs are under a
/// guard, so that they end when this process does, whatever ends it. The folder is named after the
/// process. It is removed in good order, and else by the next sandbox.
final class Sandbox: Sendable {
    let processes: Guard
    /// The apps by their names.
    let apps: [String: App]
    /// The folder of the functions' executables.
    let executables: String
    /// The folder of the apps' fixtures.
    let fixtures: String
    /// Whether its files lie in memory.
    ///
    /// They do where there is a gigabyte to spare; the databases take a tenth of it. In a container
    /// there often is not.
    let isInMemory: Bool

    private let folder: String
    private let ended = DispatchSemaphore(value: 0)
    private let worlds = LazilyNamed<World>()
    private let functions = LazilyNamed<BuiltFunction>()
    private let ownCluster: Lazily<DatabaseServer>
    private let ownRedis: Lazily<SandboxRedis>
    private let ownServices: Lazily<SandboxServices>

    /// - Parameters:
    ///   - apps: whose functions may be called.
    ///   - executables: the folder where they were built.
    ///   - fixtures: the folder of the apps' fixtures, and of their worlds.
    ///   - runner: the program `local-runner`, which is the guard too.
    /// - Throws: ``SystemCallError`` where there is no place for it.
    init(
        apps: [App], executables: String, fixtures: String, runner: String = "/proc/self/exe"
    ) throws {
        self.apps = Dictionary(apps.map { ($0.name, $0) }) { $1 }
        self.executables = executables
        self.fixtures = fixtures
        isInMemory = Self.hasMemoryToSpare()
        let root = try Self.makeRoot(in: isInMemory ? "/dev/shm" : "/tmp")
        folder = root
        let ended = ended
        let guardian = try Guard(executable: runner) { _ in ended.signal() }
        processes = guardian
        ownCluster = Lazily {
            try Self.startCluster(in: Self.makeFolder("state", in: root), guardian)
        }
        ownRedis = Lazily {
            try SandboxRedis(in: Self.makeFolder("redis", in: root), processes: guardian)
        }
        ownServices = Lazily { try SandboxServices(in: root, processes: guardian) }
    }

    /// Ends all that runs in it, and removes the folder.
    func close() {
        processes.stop()
        _ = ended.wait(timeout: .now() + 20)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Its PostgreSQL: a private cluster as the runner makes it.
    func cluster() throws -> DatabaseServer { try ownCluster.get() }

    /// Its Redis, which all calls share; each has a prefix of its own.
    func redis() throws -> SandboxRedis { try ownRedis.get() }

    /// Its objects, queues and mailboxes.
    func services() throws -> SandboxServices { try ownServices.get() }

    /// The world of an app, made on first use.
    func world(of app: String) throws -> World {
        try worlds.get(app) { [self] in try World(app: app, in: self) }
    }

    /// A function as it was built, asked on first use what it is.
    func function(_ app: String, _ function: String) throws -> BuiltFunction {
        try functions.get("\(app)/\(function)") { [self] in
            try BuiltFunction(app: app, function: function, in: self)
        }
    }

    func app(_ name: String) throws -> App {
        guard let app = apps[name] else { throw RunnerError("There is no app \(name).") }
        return app
    }

    /// Makes a new folder.
    ///
    /// Its path is short, as a socket's may have no more than 107 bytes.
    func makeFolder(_ name: String) throws -> String {
        try Self.makeFolder(name, in: folder)
    }

    static func makeFolder(_ name: String, in root: String) throws -> String {
        let path = root + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }
}

extension Sandbox {
    private static let prefix = "apus-test-"

    private static func makeRoot(in folder: String) throws -> String {
        for folder in ["/dev/shm", "/tmp"] { removeLeftovers(in: folder) }
        let path = "\(folder)/\(prefix)\(getpid())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        return path
    }

    private static func hasMemoryToSpare() -> Bool {
        var status = statvfs()
        guard statvfs("/dev/shm", &status) == 0, access("/dev/shm", W_OK) == 0 else { return false }
        return status.f_bavail * status.f_frsize > 1 << 30
    }

    private static func removeLeftovers(in folder: String) {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        for name in names ?? [] where name.hasPrefix(prefix) {
            guard let process = pid_t(name.dropFirst(prefix.count)), kill(process, 0) != 0,
                errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    private static func startCluster(
        in folder: String, _ processes: Guard
    ) throws -> DatabaseServer {
        let cluster = try PostgresCluster.start(in: StateFolder(folder), processes: processes)
        let connection = try Connection(cluster.adminURL)
        // Nothing here outlives a crash of the machine.
        for setting in ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"] {
            try connection.execute("ALTER SYSTEM SET \(setting) = off")
        }
        try connection.execute("SELECT pg_reload_conf()")
        return cluster.server
    }
}

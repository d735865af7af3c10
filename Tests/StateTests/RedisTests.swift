import FunctionCache
import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// The private Redis of a state folder.
@Suite struct RedisTests {
    private static func apps(in folder: TemporaryFolder) throws -> [App] {
        try folder.write("name: Probes\nsummary: One.\n", to: "Probes/app.yaml")
        try folder.write("name: Others\nsummary: Two.\n", to: "Others/app.yaml")
        return [
            try App(folder: folder.path + "/Probes"), try App(folder: folder.path + "/Others"),
        ]
    }

    private static func connect(_ url: String) throws -> RedisConnection {
        try RedisConnection(RedisAddress(url), timeout: .seconds(2))
    }

    private static func bytes(_ words: String...) -> [[UInt8]] { words.map { Array($0.utf8) } }

    private static func start(_ folder: TemporaryFolder) throws -> (RedisServer, [App]) {
        let apps = try apps(in: folder)
        let server = try RedisServer.start(
            in: StateFolder(folder.path + "/state"), apps: apps,
            processes: Children.processes.get())
        return (try #require(server), apps)
    }

    @Test func `strangers are refused, and apps keep to their own keys`() throws {
        let folder = try TemporaryFolder()
        let (server, apps) = try Self.start(folder)
        defer { server.stop() }
        let variables = apps.map { server.addresses.variables(of: $0) }
        #expect(variables.map { $0["REDIS_KEY_PREFIX"] } == ["probes:", "others:"])
        let own = try Self.connect(#require(variables[0]["REDIS_URL"]))
        let other = try Self.connect(#require(variables[1]["REDIS_URL"]))
        try other.run("SET", Self.bytes("others:a", "1"))

        for url in ["redis://127.0.0.1:\(server.port)", "redis://:x@127.0.0.1:\(server.port)"] {
            #expect(throws: CacheError.self) { try Self.connect(url) }
        }
        try own.run("SET", Self.bytes("probes:a", "1"))
        try own.run("EVAL", Self.bytes("return redis.call('GET', KEYS[1])", "1", "probes:a"))
        try own.run("SCRIPT", Self.bytes("LOAD", "return 1"))
        let forbidden = [
            ["GET", "others:a"], ["SET", "others:a", "2"], ["DEL", "others:a"], ["SET", "a", "1"],
            ["RENAME", "probes:a", "others:a"], ["MGET", "probes:a", "others:a"],
            ["EVAL", "return redis.call('GET', 'others:a')", "0"],
            ["EVAL", "return redis.call('CONFIG', 'GET', 'dir')", "0"],
            ["CONFIG", "GET", "dir"], ["FLUSHALL"], ["FLUSHDB"], ["KEYS", "*"], ["SCAN", "0"],
            ["RANDOMKEY"], ["DBSIZE"], ["INFO"], ["MONITOR"], ["SHUTDOWN"], ["ACL", "LIST"],
            ["CLIENT", "LIST"], ["SCRIPT", "FLUSH"], ["FUNCTION", "FLUSH"], ["SWAPDB", "0", "1"],
            ["PUBLISH", "others:news", "x"], ["DEBUG", "SLEEP", "0"], ["MODULE", "LIST"],
        ]
        for words in forbidden {
            #expect(throws: CacheError.self, "\(words.joined(separator: " "))") {
                try own.run(words[0], words.dropFirst().map { Array($0.utf8) })
            }
        }
        #expect(try other.run("GET", Self.bytes("others:a")) == .bytes(Array("1".utf8)))
    }

    @Test func `what it holds and where it is survive a restart`() throws {
        let folder = try TemporaryFolder()
        let (first, _) = try Self.start(folder)
        try Self.connect(first.addresses.adminURL).run("SET", Self.bytes("probes:a", "kept"))
        first.stop()
        #expect(throws: CacheError.self) { try Self.connect(first.addresses.adminURL) }

        let (second, _) = try Self.start(folder)
        defer { second.stop() }
        #expect(second.addresses == first.addresses)
        let kept = try Self.connect(second.addresses.adminURL).run("GET", Self.bytes("probes:a"))
        #expect(kept == .bytes(Array("kept".utf8)))
        #expect(try folder.mode(of: "state/redis") == 0o700)
        #expect(try folder.mode(of: "state/redis/users.acl") == 0o600)
    }

    @Test func `a port that somebody has taken is given up`() throws {
        let folder = try TemporaryFolder()
        let other = try TemporaryFolder()
        let (first, _) = try Self.start(folder)
        try folder.write("\(first.port)\n", to: "state/redis/port")
        try other.write("\(first.port)\n", to: "state/redis/port")
        defer { first.stop() }
        let (second, _) = try Self.start(other)
        defer { second.stop() }
        #expect(second.port != first.port)
        #expect(try RedisFolder(in: StateFolder(other.path + "/state")).knownPort == second.port)
    }

    @Test func `one that was left behind is stopped before another starts`() throws {
        let folder = try TemporaryFolder()
        let (first, _) = try Self.start(folder)
        try Self.connect(first.addresses.adminURL).run("SET", Self.bytes("probes:a", "kept"))
        let pid = try RedisFolder(in: StateFolder(folder.path + "/state")).runningServer

        let (second, _) = try Self.start(folder)
        defer { second.stop() }
        #expect(try kill(#require(pid), 0) != 0)
        let kept = try Self.connect(second.addresses.adminURL).run("GET", Self.bytes("probes:a"))
        #expect(kept == .bytes(Array("kept".utf8)))
        first.stop()
    }

    @Test func `it goes with a runner that is killed, and nothing acknowledged is lost`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)
        let state = try StateFolder(folder.path + "/state")
        let apps = [try App(folder: folder.path + "/Probes")]
        let addresses = try #require(try RedisServer.running(in: state, apps: apps))
        let connection = try Self.connect(addresses.adminURL)
        for number in 0..<1000 {
            try connection.run("SET", Self.bytes("probes:\(number)", "x"))
        }
        let pid = try #require(RedisFolder(in: state).runningServer)

        copy.kill(SIGKILL)
        #expect(try copy.waitForEnd() == .signaled(SIGKILL))
        for _ in 0..<1000 where kill(pid, 0) == 0 { usleep(10_000) }
        #expect(kill(pid, 0) != 0)
        #expect(try RedisServer.running(in: state, apps: apps) == nil)

        let next = try RunnerCopy(in: folder)
        #expect(next.said.contains("Redis"))
        #expect(try Self.connect(addresses.adminURL).run("DBSIZE") == .integer(1000))
    }

    @Test func `the runner stops and says why when Redis ends`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)
        let state = try StateFolder(folder.path + "/state")

        kill(try #require(RedisFolder(in: state).runningServer), SIGKILL)

        #expect(try copy.waitForEnd() == .exited(1))
        copy.readRest()
        #expect(copy.said.contains("Redis was ended by SIGKILL"))
        #expect(try RunnerCopy(in: folder).said.contains("Redis"))
    }

    @Test func `env names the address, which works`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)
        let outcome = try RunnerCopy.run(["env", "--json"], in: folder)
        let url = try #require(try JSON(parsing: outcome.output)["REDIS_URL"]?.text)
        #expect(try Self.connect(url).run("PING") == .status("PONG"))
        withExtendedLifetime(copy) {}
    }
}

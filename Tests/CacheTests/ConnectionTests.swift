import Foundation
import FunctionRuntime
import Glibc
import TestSupport
import Testing

@testable import FunctionCache
@testable import LocalRunner

@Suite(.serialized) struct ConnectionTests {
    /// A Redis that only these tests disturb.
    private static let redis = Result { try SandboxRedis("disturbed-redis") }

    private static func admin(_ user: String = "") throws -> RedisConnection {
        signal(SIGPIPE, SIG_IGN)
        return try RedisConnection(address(user), timeout: .seconds(2))
    }

    /// The address of its socket, and of a user whose name and password stand as in a URL.
    private static func address(_ user: String = "") throws -> RedisAddress {
        var address = try RedisAddress(redis.get().url)
        let credentials = user.split(separator: ":").map(String.init)
        if credentials.count == 2 {
            (address.user, address.password) = (credentials[0], credentials[1])
        }
        return address
    }

    private static func cache(
        _ user: String = "", timeout: Duration = .seconds(2), pause: Int64 = 0
    ) throws -> Cache {
        let address = try address(user)
        return Cache(
            prefix: UUID().uuidString, timeout: timeout, pause: pause, memory: MemoryStore()
        ) { address }
    }

    @Test(arguments: [RedisScript.increment, .hit, .append])
    func `scripts are called by their own sums`(script: RedisScript) throws {
        let sum = try Self.admin().run("SCRIPT", ["LOAD".bytes, script.source.bytes])
        #expect(sum == .bytes(script.sha1.bytes))
    }

    @Test func `a server that has forgotten the scripts is sent them again`() throws {
        let cache = try Self.cache()
        for number in 1...3 {
            try Self.admin().run("SCRIPT", ["FLUSH".bytes])
            #expect(try cache.increment("n", expiry: .seconds(9)) == number)
        }
    }

    @Test func `a connection that was killed while idle is replaced unseen`() throws {
        let cache = try Self.cache()
        let other = try Self.cache()
        for number in 1...3 {
            #expect(try cache.increment("n") == number)
            #expect(try cache.isShared)
            _ = try other.ping()
            try Self.admin().run("CLIENT", ["KILL", "TYPE", "normal"].map(\.bytes))
        }
    }

    @Test func `a command that is not answered in time is an error, and not sent twice`() throws {
        let cache = try Self.cache(timeout: .milliseconds(100))
        #expect(try cache.increment("n") == 1)
        try Self.admin().run("CLIENT", ["PAUSE", "400", "ALL"].map(\.bytes))
        let failure = #expect(throws: Failure.self) { try cache.increment("n") }
        #expect(failure?.status == 503)
        #expect(failure?.code == "cache-unavailable")
        try Self.admin().run("PING")
        // Redis drops what a client that has gone asked for, or does it, once.
        #expect(try ["1", "2"].contains(cache.text("n")))
    }

    @Test func `a wrong password is refused, and not taken for an absence`() throws {
        try Self.admin().run(
            "ACL", ["SETUSER", "known", "on", ">right%pass", "~*", "+@all"].map(\.bytes))
        #expect(try Self.cache("known:right%pass").ping())
        let cache = try Self.cache("known:wrong-pass")
        let error = #expect(throws: CacheError.self) { try cache.ping() }
        guard case .refused("AUTH", "WRONGPASS", _)? = error else {
            Issue.record("It was \(String(describing: error)).")
            return
        }
        #expect(throws: CacheError.self) { try cache.isShared }
    }

    @Test func `errors name the command, and neither keys nor values nor the password`() throws {
        try Self.admin().run(
            "ACL",
            ["SETUSER", "few", "on", ">few-pass", "~few:*", "+@all", "-zadd"].map(\.bytes))
        let cache = try Self.cache("few:few-pass")
        let operations: [() throws -> Void] = [
            { try cache.set("key-word", text: "value-word") },
            { try cache.sortedSet("key-word").add("value-word", score: 1) },
            { try cache.increment("key-word", expiry: .seconds(1)) },
            { _ = try cache.hit("key-word", limit: 1, window: .seconds(1)) },
            {
                let connection = try Self.admin("few:few-pass")
                try connection.run("NONSENSE", ["key-word".bytes, "value-word".bytes])
            },
        ]
        for operation in operations {
            let error = try #require(#expect(throws: CacheError.self) { try operation() })
            for word in ["key-word", "value-word", "few-pass"] {
                #expect(!"\(error)".contains(word))
            }
            guard case .refused(let command, let code, let message) = error else {
                Issue.record("It was \(error).")
                continue
            }
            #expect(!command.isEmpty && !code.isEmpty && !message.isEmpty)
        }
    }

    @Test func `without an address the values are kept in this process, and it says so`() throws {
        let cache = Cache(prefix: "", memory: MemoryStore()) { nil }
        try cache.set("k", text: "1")
        #expect(try cache.text("k") == "1")
        #expect(try !cache.isShared)
        #expect(try !cache.ping())
    }

    @Test func `where nobody serves it keeps values itself until somebody does`() throws {
        let folder = try Children.folder("absent-redis")
        let absent = try RedisAddress("unix:\(folder)/socket")
        let present = try Self.address()
        let isThere = Box()
        let prefix = UUID().uuidString
        let cache = Cache(prefix: prefix, pause: 0, memory: MemoryStore()) {
            isThere.value ? present : absent
        }
        try cache.set("k", text: "1")
        #expect(try cache.text("k") == "1" && !cache.isShared)
        isThere.value = true
        #expect(try cache.isShared)
        #expect(try cache.text("k") == nil)
        try cache.set("k", text: "2")
        // Back to memory: what it held before is not what others have seen since.
        try Self.admin().run("CLIENT", ["KILL", "TYPE", "normal"].map(\.bytes))
        isThere.value = false
        #expect(try cache.text("k") == nil && !cache.isShared)
    }

    private final class Box {
        var value = false
    }

    @Test func `a server that still reads its file counts as absent`() throws {
        let path = try Children.folder("loading-redis") + "/socket"
        let descriptor = try Self.listen(at: path)
        Thread.detachNewThread {
            let client = accept(descriptor, nil, nil)
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(client, &buffer, buffer.count) > 0 {
                let words = "-LOADING Redis is loading the dataset in memory\r\n"
                _ = write(client, words, words.utf8.count)
            }
            close(client)
            close(descriptor)
        }
        let address = try RedisAddress("unix:" + path)
        let cache = Cache(pause: .max / 2, memory: MemoryStore()) { address }
        #expect(try cache.increment("n") == 1)
        #expect(try !cache.isShared)
    }

    @Test func `a server that does not answer is given up in time`() throws {
        let path = try Children.folder("mute-redis") + "/socket"
        let descriptor = try Self.listen(at: path)
        defer { close(descriptor) }
        let mute = try RedisAddress("unix:" + path)
        let cache = Cache(timeout: .milliseconds(50), pause: .max / 2, memory: MemoryStore()) {
            mute
        }
        #expect(try cache.increment("n") == 1)
        #expect(try cache.increment("n") == 2)
    }

    /// Listens on a socket, where whoever connects is not answered by anybody.
    private static func listen(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 8) == 0 else {
            throw TestError("Nobody can listen at \(path).")
        }
        return descriptor
    }
}

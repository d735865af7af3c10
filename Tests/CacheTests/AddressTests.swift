import Testing

@testable import FunctionCache

@Suite struct AddressTests {
    @Test func `an address over TCP is read`() throws {
        let full = try RedisAddress("redis://app%40x:p%3A%2F%40%20w@cache.example:7000/3")
        #expect(full.place == .tcp(host: "cache.example", port: 7000))
        #expect(full.user == "app@x")
        #expect(full.password == "p:/@ w")
        #expect(full.database == 3)

        let bare = try RedisAddress("redis://127.0.0.1")
        #expect(bare.place == .tcp(host: "127.0.0.1", port: 6379))
        #expect(bare.user == nil && bare.password == nil && bare.database == 0)

        let secret = try RedisAddress("redis://:se:cret@[::1]:6380/")
        #expect(secret.place == .tcp(host: "::1", port: 6380))
        #expect(secret.user == nil && secret.password == "se:cret")
    }

    @Test func `the address of a socket is read`() throws {
        let place = RedisAddress.Place.socket(path: "/run/re dis.sock")
        #expect(try RedisAddress("unix:/run/re%20dis.sock").place == place)
        #expect(try RedisAddress("unix:///run/re%20dis.sock").place == place)
        let full = try RedisAddress("unix://app:p%25@/run/re%20dis.sock?db=2")
        #expect(full.place == place)
        #expect(full.user == "app" && full.password == "p%" && full.database == 2)
    }

    @Test(arguments: [
        "", "secret", "http://secret@x", "rediss://u:secret@host", "redis://u:secret@host:x",
        "redis://u:secret@host:70000", "redis://u:secret@host/x", "redis://u:secret@host/-1",
        "redis://secret@host", "redis://u:%zzsecret@host", "redis://u:secret@[::1]x", "unix:",
        "unix:secret", "unix://secret/run/x", "unix:/run/x?secret=1", "unix:/run/x?db=secret",
    ])
    func `what is no address is refused without being repeated`(url: String) throws {
        let error = try #require(#expect(throws: CacheError.self) { try RedisAddress(url) })
        #expect(!"\(error)".contains("secret"))
    }
}

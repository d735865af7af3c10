import FunctionRuntime
import Testing

@testable import FunctionCache

@Suite struct ValueTests {
    @Test(arguments: Place.allCases)
    func `any bytes come back as they were`(place: Place) throws {
        let cache = try Bench(place).cache
        for value in [[], [0], Array(0...255), Array("\r\n$5\r\n".utf8)] as [[UInt8]] {
            try cache.set("k", bytes: value)
            #expect(try cache.bytes("k") == value)
        }
        #expect(try cache.bytes("absent") == nil)
        #expect(try cache.isShared == (place == .redis))
        #expect(try cache.ping() == (place == .redis))
    }

    @Test(arguments: Place.allCases)
    func `keys differ by their bytes, whatever these are`(place: Place) throws {
        let cache = try Bench(place).cache
        let keys = [
            "", " ", "a\0b", "a\0c", "a b", "a\r\nb", "%s%n", "\u{E9}", "e\u{301}", "🌋",
            String(repeating: "x", count: 10_000),
        ]
        for (number, key) in keys.enumerated() { try cache.set(key, text: String(number)) }
        #expect(try cache.texts(keys) == keys.indices.map { String($0) })
    }

    @Test(arguments: Place.allCases)
    func `a value may have a megabyte`(place: Place) throws {
        let cache = try Bench(place).cache
        let value = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try cache.set("large", bytes: value)
        #expect(try cache.bytes("large") == value)
        #expect(try cache.bytes(["large", "absent", "large"]) == [value, nil, value])
    }

    struct Rate: Codable, Equatable {
        var currency: String
        var rate: Double
    }

    @Test(arguments: Place.allCases)
    func `values of a type are kept as JSON, and others count as absent`(place: Place) throws {
        let cache = try Bench(place).cache
        try cache.set("rate", json: Rate(currency: "EUR", rate: 1.25))
        #expect(try cache.json("rate", as: Rate.self) == Rate(currency: "EUR", rate: 1.25))
        #expect(try cache.text("rate") == #"{"currency":"EUR","rate":1.25}"#)
        #expect(try cache.json("rate", as: [Int].self) == nil)
        try cache.set("rate", bytes: [0xFF])
        #expect(try cache.json("rate", as: Rate.self) == nil)
        #expect(try cache.text("rate") == nil)
        #expect(try cache.json("absent", as: Rate.self) == nil)
    }

    @Test(arguments: Place.allCases)
    func `setting replaces, or leaves alone what is there`(place: Place) throws {
        let cache = try Bench(place).cache
        #expect(try cache.set("k", text: "1", ifAbsent: true))
        #expect(try !cache.set("k", text: "2", ifAbsent: true))
        #expect(try cache.text("k") == "1")
        #expect(try cache.set("k", text: "3"))
        #expect(try cache.text("k") == "3")
        try cache.sortedSet("z").add("a", score: 1)
        #expect(try !cache.set("z", text: "4", ifAbsent: true))
        #expect(try cache.set("z", text: "4"))
        #expect(try cache.text("z") == "4")
    }

    @Test(arguments: Place.allCases)
    func `deleting says how many there were`(place: Place) throws {
        let cache = try Bench(place).cache
        try cache.set("a", text: "1")
        try cache.sortedSet("z").add("m", score: 1)
        #expect(try cache.exists("a") && cache.exists("z"))
        #expect(try cache.delete("a", "absent", "z", "a") == 2)
        #expect(try !cache.exists("a") && !cache.exists("z"))
    }

    @Test(arguments: Place.allCases)
    func `what has expired is gone`(place: Place) throws {
        let bench = try Bench(place)
        let cache = bench.cache
        try cache.set("k", text: "1", expiry: .milliseconds(20))
        try cache.set("z", text: "1", expiry: .milliseconds(20), ifAbsent: true)
        try cache.set("kept", text: "1")
        bench.pass(milliseconds: 40)
        #expect(try cache.texts(["k", "z", "kept"]) == [nil, nil, "1"])
        #expect(try !cache.exists("k"))
        #expect(try cache.lifetime(of: "k") == nil)
        #expect(try cache.set("k", text: "2", ifAbsent: true))
    }

    @Test(arguments: Place.allCases)
    func `an expiry is set, moved and taken away`(place: Place) throws {
        let cache = try Bench(place).cache
        try cache.set("k", text: "1", expiry: .seconds(60))
        guard case .ends(let left)? = try cache.lifetime(of: "k") else {
            Issue.record("It does not expire.")
            return
        }
        #expect(left > .seconds(30) && left <= .seconds(60))
        #expect(try cache.expire("k", after: nil))
        #expect(try cache.lifetime(of: "k") == .unlimited)
        #expect(try cache.expire("k", after: nil))
        #expect(try cache.expire("k", after: .seconds(9)))
        #expect(try cache.lifetime(of: "k") != .unlimited)
        try cache.set("k", text: "2")
        #expect(try cache.lifetime(of: "k") == .unlimited)
        #expect(try !cache.expire("absent", after: .seconds(9)))
        #expect(try !cache.expire("absent", after: nil))
    }

    @Test(arguments: Place.allCases)
    func `a number grows, and its expiry counts from when it was made`(place: Place) throws {
        let bench = try Bench(place)
        let cache = bench.cache
        #expect(try cache.increment("n") == 1)
        #expect(try cache.increment("n", by: 41, expiry: .seconds(9)) == 42)
        #expect(try cache.lifetime(of: "n") == .unlimited)
        #expect(try cache.increment("n", by: -50) == -8)
        #expect(try cache.increment("m", expiry: .seconds(9)) == 1)
        #expect(try cache.increment("m", expiry: .seconds(9000)) == 2)
        guard case .ends(let left)? = try cache.lifetime(of: "m") else {
            Issue.record("It does not expire.")
            return
        }
        #expect(left <= .seconds(9))
        // No digit is lost on the way, nor in a script.
        try cache.set("n", text: "9007199254740993")
        #expect(try cache.increment("n", by: 2, expiry: .seconds(9)) == 9_007_199_254_740_995)
        try cache.increment("o", expiry: .milliseconds(10))
        bench.pass(milliseconds: 30)
        #expect(try cache.increment("o") == 1)
    }

    @Test(arguments: Place.allCases)
    func `what is not a number is not added to`(place: Place) throws {
        let cache = try Bench(place).cache
        for text in ["", "x", " 1", "1 ", "+1", "01", "1.0", "9223372036854775808", "-0"] {
            try cache.set("n", text: text)
            for expiry in [nil, Duration.seconds(9)] {
                #expect(throws: Self.refused("value is not an integer or out of range")) {
                    try cache.increment("n", expiry: expiry)
                }
            }
            #expect(try cache.text("n") == text)
        }
        try cache.set("n", text: String(Int.max))
        #expect(throws: Self.refused("increment or decrement would overflow")) {
            try cache.increment("n")
        }
        try cache.set("n", text: String(Int.min))
        #expect(try cache.increment("n", by: Int.max) == -1)
    }

    private static func refused(_ message: String) -> CacheError {
        .refused(command: "INCRBY", code: "ERR", message: message)
    }

    @Test(arguments: Place.allCases)
    func `a time that makes no sense is refused, and nothing happens`(place: Place) throws {
        let cache = try Bench(place).cache
        let times: [Duration] = [.zero, .seconds(-1), .microseconds(999), .seconds(Int64.max)]
        for time in times {
            #expect(throws: CacheError.self) { try cache.set("k", text: "1", expiry: time) }
            #expect(throws: CacheError.self) { try cache.increment("k", expiry: time) }
            #expect(throws: CacheError.self) { try cache.expire("k", after: time) }
            #expect(throws: CacheError.self) { try cache.hit("k", limit: 1, window: time) }
        }
        #expect(try !cache.exists("k"))
    }
}

import Testing

@testable import LocalRunner
@testable import TestSupport

/// The order in which web servers try paths.
@Suite struct RouteTableTests {
    @Test func `fixed paths come first, then the more specific of the others`() throws {
        let table = RouteTable([
            try Parts.function("A", ["/{x}/{y}"]), try Parts.function("B", ["/news/{id}"]),
            try Parts.function("C", ["/news/latest"]), try Parts.function("D", ["/{x}"]),
        ])

        #expect(table.rows.map(\.path.text) == ["/news/latest", "/news/*", "/*", "/*/*"])
    }

    @Test func `a path takes the methods of the less specific ones, too`() throws {
        let table = RouteTable([
            try Parts.function("Me", ["/users/me"]),
            try Parts.function("Change", "PUT", ["/users/{id}"]),
            try Parts.function("Show", ["/users/{id}"]),
        ])

        let me = try #require(table.rows.first)
        #expect(me.allow == "GET, HEAD, PUT")
        #expect(me.functions.map(\.function) == ["Change", "Me"])
        #expect(me.functions.map(\.methods) == [["PUT"], ["GET", "HEAD"]])
    }

    @Test func `what two paths both match is a path of its own`() throws {
        let table = RouteTable([
            try Parts.function("Left", ["/a/{x}"]),
            try Parts.function("Right", "POST", ["/{y}/b"]),
        ])

        #expect(table.rows.map(\.path.text) == ["/a/b", "/a/*", "/*/b"])
        #expect(table.rows[0].functions.map(\.function) == ["Left", "Right"])
    }

    /// Over random routes and paths, the first row that matches says what the runner says.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `answers as the runner does`(_ seed: UInt64) throws {
        var random = Random(state: seed)
        let words = ["a", "b", "c"]
        var functions: [Catalog.Function] = []
        let tree = RouteTree()
        for number in 0..<12 {
            let path = (0...random.next(3)).map { _ in
                "/" + (random.next(2) == 0 ? "{x}" : words[random.next(3)])
            }.joined()
            let method = ["GET", "PUT", "POST", "HEAD"][random.next(4)]
            if tree.insert(method: method, path: path, mount: functions.count) == nil {
                functions.append(try Parts.function("F\(number)", method, [path]))
            }
        }
        let table = RouteTable(functions)

        for _ in 0..<200 {
            let segments = (0...random.next(3)).map { _ in (words + ["d", ""])[random.next(5)] }
            for method in ["GET", "HEAD", "PUT", "POST", "DELETE"] {
                let match = tree.match(method: method, segments: segments[...])
                let row = table.rows.first { Self.matches($0.path, segments) }
                let found = row?.methods.first { $0.method == method }?.function
                #expect(found == match.mount.map { functions[$0].name })
                #expect((row == nil) == (match.mount == nil && match.methods.isEmpty))
            }
        }
    }

    private static func matches(_ path: RouteTable.Path, _ segments: [String]) -> Bool {
        path.segments.count == segments.count
            && zip(path.segments, segments).allSatisfy { $0 == nil && $1 != "" || $0 == $1 }
    }

    /// The same numbers for the same seed (SplitMix64).
    private struct Random {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }
    }
}

import Testing

@testable import FunctionRuntime

@Suite struct RouteTests {
    @Test(
        arguments: [
            ("/tickets", "/tickets", [:]), ("/tickets/{id}", "/tickets/7", ["id": "7"]),
            ("/a/{b}/c/{d}", "/a/1/c/2", ["b": "1", "d": "2"]), ("/", "/", [:]),
            ("/tickets/{id}", "/tickets/a%2Fb", ["id": "a/b"]),
            ("/tickets/{id}", "/tickets/%C3%A9", ["id": "é"]),
            ("/tickets/{id}", "/tickets/a+b", ["id": "a+b"]),
            ("/tickets/{id}", "/%74ickets/%7B", ["id": "{"]),
        ] as [(String, String, [String: String])])
    func `matches and decodes segment by segment`(
        pattern: String, path: String, values: [String: String]
    ) throws {
        let found = try #require(Route.get(pattern).match(path))
        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.value) }) == values)
    }

    @Test(arguments: [
        ("/tickets", "/ticket"), ("/tickets", "/tickets/"), ("/tickets", "/tickets/7"),
        ("/tickets", "/Tickets"),
        ("/tickets/{id}", "/tickets"), ("/tickets/{id}", "/tickets/"),
        ("/tickets/{id}", "/tickets/7/"),
        ("/tickets/{id}", "/tickets/%"), ("/tickets/{id}", "/tickets/%f"),
        ("/tickets/{id}", "/tickets/%FF"),
        ("/tickets/{id}", "//tickets/7"), ("/tickets", "tickets"), ("/tickets", ""), ("/a", "/a?b"),
        ("/caf\u{E9}", "/cafe%CC%81"),
    ])
    func `does not match another path`(pattern: String, path: String) {
        #expect(Route.get(pattern).match(path) == nil)
    }

    @Test func `answers under its aliases`() {
        let route = Route.get("/a/{id}").alias("/old/{id}").alias("/older")
        #expect(route.match("/old/7")?.first?.value == "7")
        #expect(route.match("/older")?.isEmpty == true)
        #expect(route.aliases == ["/old/{id}", "/older"])
    }

    @Test func `answers HEAD where it answers GET`() {
        #expect(Route.get("/").accepts(method: "HEAD"))
        #expect(!Route.post("/").accepts(method: "HEAD"))
        #expect(!Route.get("/").accepts(method: "get"))
        #expect(Route.get("/").allow == "GET, HEAD")
        #expect(
            [Route.post("/"), .put("/"), .patch("/"), .delete("/")].map(\.allow)
                == ["POST", "PUT", "PATCH", "DELETE"])
    }
}

@Suite struct QueryTests {
    @Test func `decodes pairs in their order`() {
        let query = Query("a=1&b=x+y%20z&a=2&c&=d&&e=%C3%A9&f=a=b")
        #expect(query.pairs.map(\.name) == ["a", "b", "a", "c", "", "e", "f"])
        #expect(query.pairs.map(\.value) == ["1", "x y z", "2", "", "d", "é", "a=b"])
        #expect(query["a"] == "1")
        #expect(query.all("a") == ["1", "2"])
        #expect(query["z"] == nil)
    }

    @Test func `leaves out pairs whose escapes are malformed`() {
        #expect(Query("a=%&b=%f&c=%FF&%GG=1&d=ok&e=%2").pairs.map(\.name) == ["d"])
        #expect(Query("").pairs.isEmpty)
    }

    @Test func `decodes into a type, an empty value counting as none`() throws {
        struct Filter: Decodable {
            var page: Whole<1, 100>?
            var isOpen: Bool?
            var name: String?
        }
        let request = Request(method: "GET", path: "/", query: "page=2&isOpen=true&name=&page=x")
        let filter = try request.query(as: Filter.self)
        #expect(filter.page?.value == 2)
        #expect(filter.isOpen == true)
        #expect(filter.name == nil)

        let wrong = Request(method: "GET", path: "/", query: "page=0&isOpen=1")
        let failure = #expect(throws: Failure.self) { try wrong.query(as: Filter.self) }
        #expect(failure?.details.map(\.path) == ["page", "isOpen"])
    }

    @Test(arguments: ["a b", "é&=+%", "~-._", "/:@", "\u{0}"])
    func `comes back from its encoding`(text: String) {
        #expect(PercentEncoding.decode(PercentEncoding.encode(text).utf8) == text)
    }
}

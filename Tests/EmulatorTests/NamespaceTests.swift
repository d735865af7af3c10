import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What developers.cloudflare.com/api/resources/kv/subresources/namespaces documents.
@Suite struct NamespaceTests {
    @Test func `a namespace is made, shown, renamed and deleted with what it holds`() throws {
        let server = try EmulatedServer()
        let made = try server.keys("POST", "", json: ["title": "links"])
        let id = try #require(made.result?["id"]?.text)
        #expect(id.utf8.count == 32)
        #expect(made.json["success"] == true && made.json["errors"] == [])
        #expect(made.result?["supports_url_encoding"] == true)

        #expect(try server.keys("GET", "/\(id)").result?["title"] == "links")
        #expect(try server.keys("PUT", "/\(id)/values/a", body: [1]).status == 200)
        let renamed = try server.keys("PUT", "/\(id)", json: ["title": "addresses"])
        #expect(renamed.result?["title"] == "addresses")
        #expect(try server.keys("GET", "/\(id)/values/a").body == [1])

        #expect(try server.keys("DELETE", "/\(id)").result == .null)
        #expect(try server.keys("GET", "/\(id)").refusal == "404 10013")
        #expect(try server.keys("GET", "/\(id)/values/a").refusal == "404 10013")
        #expect(try server.keys("PUT", "/\(id)/values/a").refusal == "404 10013")
        #expect(try server.keys("GET", "/\(id)/keys").refusal == "404 10013")
        _ = try server.keys("POST", "", json: ["title": "addresses"])
    }

    @Test func `two namespaces never have one title`() throws {
        let server = try EmulatedServer()
        #expect(try server.keys("POST", "", json: ["title": "tests"]).refusal == "400 10014")
        let id = try #require(
            try server.keys("POST", "", json: ["title": "other"]).result?["id"]?.text)
        #expect(
            try server.keys("PUT", "/\(id)", json: ["title": "tests"]).refusal == "400 10014")
        // The name of one that was renamed is free, and is another namespace.
        #expect(try server.keys("PUT", "/\(id)", json: ["title": "third"]).status == 200)
        let again = try server.keys("POST", "", json: ["title": "other"])
        #expect(again.status == 200 && again.result?["id"]?.text != id)
    }

    @Test func `a list comes in pages, in either order and direction`() throws {
        let server = try EmulatedServer()
        for title in ["b", "a", "B", "ä"] {
            _ = try server.keys("POST", "", json: ["title": .string(title)])
        }
        func titles(_ query: String) throws -> [String] {
            try server.keys("GET", "?" + query).result.elements.compactMap { $0["title"]?.text }
        }
        #expect(try titles("order=title") == ["B", "a", "b", "tests", "ä"])
        #expect(try titles("order=title&direction=desc") == ["ä", "tests", "b", "a", "B"])
        #expect(try titles("order=title&per_page=2&page=2") == ["b", "tests"])
        #expect(try titles("order=title&per_page=2&page=4") == [])
        let info = try server.keys("GET", "?per_page=2&page=3").json["result_info"]
        #expect(
            info == [
                "page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3,
            ])
        let ids = try server.keys("GET", "").result.elements.compactMap { $0["id"]?.text }
        #expect(ids == ids.sorted() && ids.count == 5)
    }

    @Test(arguments: [
        ("page=0", "400 10007"), ("page=x", "400 10007"), ("per_page=0", "400 10008"),
        ("per_page=1001", "400 10008"), ("order=size", "400 10043"), ("direction=up", "400 10044"),
    ])
    func `a malformed list is refused`(query: String, refusal: String) throws {
        #expect(try EmulatedServer().keys("GET", "?" + query).refusal == refusal)
    }

    @Test func `what is no namespace is refused`() throws {
        let server = try EmulatedServer()
        #expect(try server.keys("POST", "", json: [:]).refusal == "400 10019")
        #expect(try server.keys("POST", "", json: ["title": ""]).refusal == "400 10019")
        #expect(try server.keys("POST", "", json: ["title": 5]).refusal == "400 10019")
        #expect(try server.keys("POST", "", json: ["title"]).refusal == "400 10029")
        #expect(try server.keys("POST", "", body: Array("{".utf8)).refusal == "400 10029")
        let long = String(repeating: "x", count: 513)
        #expect(try server.keys("POST", "", json: ["title": .string(long)]).refusal == "400 10029")
        #expect(try server.keys("POST", "", json: ["title": "a\u{0}b"]).refusal == "400 10029")
        #expect(try server.keys("GET", "/none").refusal == "400 10011")
        let nobody = String(repeating: "0", count: 32)
        #expect(try server.keys("GET", "/\(nobody)").refusal == "404 10013")
    }

    @Test func `only who shows the token may come in`() throws {
        let server = try EmulatedServer()
        let path = server.account + "/storage/kv/namespaces"
        let token = server.credentials.cloudflareToken
        func refusal(_ headers: Headers) throws -> String {
            try server.send("GET", path, headers).refusal
        }
        #expect(try refusal([:]) == "400 9106")
        #expect(try refusal(["authorization": token]) == "400 6111")
        #expect(try refusal(["authorization": "Basic \(token)"]) == "400 6111")
        #expect(try refusal(["authorization": "Bearer \(token)x"]) == "401 10000")
        #expect(try refusal(["authorization": "bearer \(token)"]) == "200")
        #expect(try refusal(["authorization": "Bearer \(token)", "host": "evil.example"]) == "421")
        let other = String(repeating: "0", count: 32)
        let strange = try server.send(
            "GET", "/client/v4/accounts/\(other)/storage/kv/namespaces",
            ["authorization": "Bearer \(token)"])
        #expect(strange.refusal == "403 10000")
    }

    @Test func `other addresses of the API, and other methods, are refused in its format`() throws {
        let server = try EmulatedServer()
        let token: Headers = ["authorization": "Bearer \(server.credentials.cloudflareToken)"]
        for path in ["/client/v4/zones", "\(server.account)/d1/database", "/client/v4/"] {
            #expect(try server.send("GET", path, token).refusal == "404 7003")
        }
        #expect(try server.tests("GET", "/strange").refusal == "404 7003")
        #expect(try server.tests("GET", "/values/a/b").refusal == "404 7003")
        let answer = try server.tests("POST", "/values/a")
        #expect(answer.refusal == "405 10405")
        #expect(answer.headers["allow"] == "GET, PUT, DELETE")
    }
}

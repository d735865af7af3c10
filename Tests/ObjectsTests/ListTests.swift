import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Buckets, and lists of objects.
@Suite struct ListTests {
    private let server: ObjectsServer

    init() throws {
        server = try ObjectsServer()
        try server.service.createBuckets(["things"])
    }

    private func put(_ keys: [String]) throws {
        for key in keys {
            let target = "/things/" + PercentEncoding.encode(key, keeping: "/")
            #expect(try server.send("PUT", target).status == 200)
        }
    }

    private struct Page {
        var keys: [String]
        var prefixes: [String]
        var xml: XMLElement

        func text(_ name: String) -> String? { xml[name]?.text }
    }

    private func list(_ query: String) throws -> Page {
        let answer = try server.send("GET", "/things?\(query)")
        #expect(answer.status == 200)
        let xml = try XMLElement(document: answer.body)
        return Page(
            keys: xml.children.filter { $0.name == "Contents" }.compactMap {
                $0["Key"]?.text
            },
            prefixes: xml.children.filter { $0.name == "CommonPrefixes" }
                .compactMap { $0["Prefix"]?.text },
            xml: xml)
    }

    @Test func `buckets are made, found, listed and removed when empty`() throws {
        #expect(try server.send("PUT", "/more").status == 200)
        // Once more is no error in us-east-1.
        #expect(try server.send("PUT", "/more").status == 200)
        #expect(try server.send("HEAD", "/more").status == 200)
        let names = try XMLElement(document: server.send("GET", "/").body)["Buckets"]?.children
            .compactMap { $0["Name"]?.text }
        #expect(names == ["more", "things"])
        let location = try XMLElement(document: server.send("GET", "/more?location").body)
        #expect(location.name == "LocationConstraint" && location.text.isEmpty)
        try put(["k"])
        #expect(try ObjectsServer.code(server.send("DELETE", "/things")) == "BucketNotEmpty")
        #expect(try server.send("DELETE", "/more").status == 204)
        #expect(try server.send("HEAD", "/more").status == 404)
        #expect(try ObjectsServer.code(server.send("DELETE", "/more")) == "NoSuchBucket")
    }

    @Test(arguments: [
        "ab", "Upper", "a_b", "-ab", "ab-", "a..b", "192.168.5.4", "xn--ab", "ab-s3alias",
        "a%C3%A4b",
    ])
    func `names that no bucket can have`(name: String) throws {
        let answer = try server.send("PUT", "/\(name)")
        #expect(answer.status == 400)
        #expect(try ObjectsServer.code(answer) == "InvalidBucketName")
    }

    @Test func `keys come in the order of their bytes, whatever they are`() throws {
        let keys = ["b", "a", "é", "e\u{301}", "Z", "\u{10FFFF}", "\u{FFFD}", "a/b", "a b", "~"]
        try put(keys)
        let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let listed = try list("list-type=2").keys
        #expect(listed.map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
        #expect(try list("list-type=2&prefix=%F4%8F%BF%BF").keys.count == 1)
        let encoded = try list("encoding-type=url&prefix=a%20").keys
        #expect(encoded == ["a%20b"])
    }

    @Test func `keys below a delimiter are rolled up`() throws {
        try put(["a/1", "a/2", "a/b/3", "c", "d/4"])
        let top = try list("list-type=2&delimiter=/")
        #expect(top.keys == ["c"])
        #expect(top.prefixes == ["a/", "d/"])
        #expect(top.text("KeyCount") == "3")
        let below = try list("delimiter=/&prefix=a/")
        #expect(below.keys == ["a/1", "a/2"])
        #expect(below.prefixes == ["a/b/"])
    }

    @Test(arguments: [1, 2, 3, 7])
    func `pages of every size give everything once`(size: Int) throws {
        try put(["a/1", "a/2", "b", "c/1", "c/2", "c/3", "d", "e/", "e/1"])
        var seen: [String] = []
        var token = ""
        repeat {
            let page = try list(
                "delimiter=/&list-type=2&max-keys=\(size)"
                    + (token.isEmpty ? "" : "&continuation-token=\(token)"))
            #expect(page.keys.count + page.prefixes.count <= size)
            seen += page.keys + page.prefixes
            token = page.text("NextContinuationToken") ?? ""
        } while !token.isEmpty
        #expect(seen.sorted() == ["a/", "b", "c/", "d", "e/"])

        seen = []
        var marker = ""
        repeat {
            let page = try list("marker=\(marker)&max-keys=\(size)&delimiter=/")
            seen += page.keys + page.prefixes
            marker = page.text("NextMarker") ?? ""
        } while !marker.isEmpty
        #expect(seen.sorted() == ["a/", "b", "c/", "d", "e/"])
    }

    @Test func `a list starts behind a key, and may be empty`() throws {
        try put(["a", "b", "c"])
        #expect(try list("list-type=2&start-after=a").keys == ["b", "c"])
        #expect(try list("list-type=2&start-after=zz").keys.isEmpty)
        let none = try list("list-type=2&max-keys=0")
        #expect(none.keys.isEmpty)
        #expect(none.text("IsTruncated") == "false")
        for query in [
            "max-keys=x", "max-keys=-1", "encoding-type=x", "list-type=2&continuation-token=%21",
        ] {
            let answer = try server.send("GET", "/things?\(query)")
            #expect(try ObjectsServer.code(answer) == "InvalidArgument")
        }
    }

    @Test func `objects are removed by the hundred`() throws {
        try put((0..<30).map { "k\($0)" })
        let names = (0..<30).map { "<Object><Key>k\($0)</Key></Object>" }.joined()
        let body = Array("<Delete>\(names)<Object><Key>nothing</Key></Object></Delete>".utf8)
        let digest = Base64.encode(Hash.md5.digest(of: body))
        let answer = try server.send(
            "POST", "/things?delete", headers: ["content-md5": digest], body: body)
        let result = try XMLElement(document: answer.body)
        #expect(result.children.count { $0.name == "Deleted" } == 31)
        #expect(try list("list-type=2").keys.isEmpty)

        let unchecked = try server.send("POST", "/things?delete", body: body)
        #expect(try ObjectsServer.code(unchecked) == "InvalidRequest")
    }
}

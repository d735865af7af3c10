import Testing

@testable import FunctionRuntime

@Suite struct RequestTests {
    private static func request(_ headers: Headers, body: String = "") -> Request {
        Request(method: "POST", path: "/", headers: headers, body: Array(body.utf8))
    }

    @Test func `finds cookies among others and across lines`() {
        var headers: Headers = ["cookie": "a=1; session=x=y; empty=; b"]
        headers.append("Cookie", "late=2;session=other")
        let request = Self.request(headers)
        #expect(request.cookie("a") == "1")
        #expect(request.cookie("session") == "x=y")
        #expect(request.cookie("empty") == "")
        #expect(request.cookie("late") == "2")
        #expect(request.cookie("b") == nil)
        #expect(request.cookie("ession") == nil)
        #expect(request.cookie("A") == nil)
        #expect(Self.request([:]).cookie("a") == nil)
    }

    @Test(arguments: [
        ("localhost:8787", "localhost", true), ("LOCALHOST", "localhost", true),
        ("127.0.0.1:1", "127.0.0.1", true),
        ("[::1]:8787", "::1", true), ("brainstorm.localhost:8787", "brainstorm.localhost", true),
        ("example.com", "example.com", false),
        ("localhost.example.com", "localhost.example.com", false),
        ("evillocalhost", "evillocalhost", false),
        ("127.0.0.1.example.com", "127.0.0.1.example.com", false),
        ("", "", false),
    ])
    func `tells the host apart from its port, and this machine from others`(
        header: String, host: String, isLocal: Bool
    ) {
        #expect(Self.request(["host": header]).host == host)
        #expect(Self.request(["host": header]).isLocal == isLocal)
    }

    @Test(arguments: [
        "application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
        "application/problem+json",
        "application/json ;charset=utf-8",
    ])
    func `reads JSON of every JSON media type`(type: String) throws {
        #expect(try Self.request(["content-type": type], body: "[1]").json(as: [Int].self) == [1])
        #expect(try Self.request([:], body: "[1]").json(as: [Int].self) == [1])
    }

    @Test(arguments: [
        ("text/plain", "[1]", 415), ("application/x-www-form-urlencoded", "a=1", 415),
        ("", "[1]", 415),
        (";", "[1]", 415), ("application/json", "", 400), ("application/json", "[1", 400),
        ("application/json", "[\"a\"]", 400),
    ])
    func `refuses a body that is not JSON of the right form`(
        type: String, body: String, status: Int
    ) {
        let request = Self.request(["content-type": type], body: body)
        let failure = #expect(throws: Failure.self) { try request.json(as: [Int].self) }
        #expect(failure?.status == status)
    }

    @Test func `keeps several lines of one header, and replaces them all`() {
        var headers: Headers = ["Set-Cookie": "a", "X-Y": "1", "set-cookie": "b"]
        #expect(headers.all("SET-COOKIE") == ["a", "b"])
        #expect(headers["set-cookie"] == "a")
        headers["Set-Cookie"] = "c"
        #expect(headers.fields.map(\.name) == ["x-y", "set-cookie"])
        headers["X-Y"] = nil
        #expect(headers.fields.map(\.value) == ["c"])
    }

    @Test func `lets no value add a line`() {
        var headers: Headers = ["location": "/\r\nset-cookie: a=b"]
        headers["x\ny"] = "\u{0}"
        #expect(headers.fields.map(\.name) == ["location", "x y"])
        #expect(headers.fields.map(\.value) == ["/  set-cookie: a=b", " "])
    }
}

@Suite struct Base64Tests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `encodes and decodes as RFC 4648 does`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        let unpadded = String(encoded.prefix { $0 != "=" })
        #expect(Base64.encode(Array(text.utf8), as: .url) == unpadded)
        #expect(Base64.decode(unpadded, as: .url) == Array(text.utf8))
    }

    @Test func `comes back for every byte, in both alphabets`() {
        for length in 0...64 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ length &* 31) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes, as: .url), as: .url) == bytes)
        }
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64.encode([0xFB, 0xFF], as: .url) == "-_8")
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Z=g=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9",
        "Zm9v\n", "-_8=", "Zé==",
    ])
    func `refuses other spellings`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9=", "+/8", "Zg\n"])
    func `refuses other spellings for URLs`(text: String) {
        #expect(Base64.decode(text, as: .url) == nil)
    }
}

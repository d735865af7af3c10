import Foundation
import FunctionHTTP
import FunctionRuntime
import Glibc
import Testing

@testable import TestSupport

@Suite struct HTTPTests {
    private func client(_ change: (inout HTTP.Options) -> Void = { _ in }) -> HTTP {
        var options = HTTP.Options()
        options.pause = .milliseconds(1)
        change(&options)
        return HTTP(options)
    }

    private func reason(_ body: () throws -> HTTP.Response) throws -> HTTPError.Reason {
        try #require(throws: HTTPError.self) { try body() }.reason
    }

    @Test func `sends what it is told, and gives what is answered`() throws {
        let server = try FaultServer(.status(201, "made", "X-Two: a\r\nX-Two:  b \r\n"))
        let answer = try client().send(
            .init(
                "POST", server.url + "/a/../b%2F?q=1",
                headers: ["x-empty": "", "content-type": "text/plain"], body: .bytes([1, 2, 3])))

        #expect(answer.status == 201)
        #expect(answer.body == Array("made".utf8))
        #expect(answer.headers.all("x-two") == ["a", "b"])
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /a/../b%2F?q=1 HTTP/1.1")
        #expect(request.body == [1, 2, 3])
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["user-agent"] == "Apus")
        #expect(request.headers["content-length"] == "3")
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
    func `sends every method, with no body and with an empty one`(method: String) throws {
        let server = try FaultServer(.answer("HTTP/1.1 204 Words\r\n\r\n"))
        let client = client()
        _ = try client.send(.init(method, server.url + "/"))
        _ = try client.send(.init(method, server.url + "/", body: .bytes([])))
        _ = try client.send(.init(method, server.url + "/"))

        #expect(server.requests.map(\.line) == Array(repeating: "\(method) / HTTP/1.1", count: 3))
        #expect(server.requests.allSatisfy { $0.body.isEmpty && $0.headers["content-type"] == nil })
        #expect(server.connections == 1)
    }

    @Test func `streams files both ways, from a place within`() throws {
        let server = try FaultServer(.status(200, String(repeating: "x", count: 300_000)))
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let content = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 >> 8 ^ $0) }
        #expect(content.withUnsafeBytes { write(fileno(file), $0.baseAddress, $0.count) } > 0)

        let answer = try client().send(
            .init(
                "PUT", server.url + "/file",
                body: .file(fileno(file), offset: 5, count: 1_999_000)),
            to: .file(fileno(file)))

        #expect(server.requests.first?.body == Array(content[5..<1_999_005]))
        #expect(answer.body.isEmpty)
        #expect(lseek(fileno(file), 0, SEEK_CUR) == 2_300_000)
    }

    @Test func `says that a file ended before its body`() throws {
        let server = try FaultServer(.status(200))
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let request = HTTP.Request(
            "PUT", server.url + "/", body: .file(fileno(file), count: 10))
        #expect(try reason { try client().send(request) } == .invalid)
    }

    @Test func `hands pieces on, and stops where they are not wanted`() throws {
        struct Enough: Error {}
        let server = try FaultServer(.endless("HTTP/1.1 200 Words\r\n\r\n"))
        var count = 0
        #expect(throws: Enough.self) {
            try client().send(
                .init("GET", server.url + "/"),
                to: .pieces { piece in
                    count += piece.count
                    if count > 1_000_000 { throw Enough() }
                })
        }
        #expect(server.requests.count == 1)
    }

    @Test func `takes no more into memory than the limit`() throws {
        let server = try FaultServer(.endless("HTTP/1.1 200 Words\r\n\r\n"))
        #expect(
            try reason {
                try client { $0.bodyLimit = 100_000 }.send(.init("GET", server.url + "/"))
            } == .tooLarge)
        #expect(server.requests.count == 1)
    }

    @Test func `keeps the body of a refusal from the file`() throws {
        let server = try FaultServer(.status(404, "No such thing"))
        var wasCalled = false
        let answer = try client().send(
            .init("GET", server.url + "/secret?key=1"), to: .pieces { _ in wasCalled = true })
        #expect(!wasCalled)
        let error = try #require(throws: HTTPError.self) { try answer.checked() }
        #expect(
            error.description
                == "GET \(server.url)/secret was answered with status 404: No such thing")
    }

    @Test func `names nothing that may be secret`() {
        let request = HTTP.Request("GET", "https://user:pass@host:1/a/b?token=x#y")
        #expect(request.summary == "GET https://host:1/a/b")
        #expect(HTTP.Request("GET", "https://a@b@host").summary == "GET https://host")
    }
}

/// What goes wrong, and what is then tried again.
@Suite struct HTTPFaultTests {
    private func client(_ change: (inout HTTP.Options) -> Void = { _ in }) -> HTTP {
        var options = HTTP.Options()
        options.pause = .milliseconds(1)
        change(&options)
        return HTTP(options)
    }

    @Test(arguments: [
        ("GET", 500, "", 2), ("GET", 502, "", 2), ("PUT", 503, "", 2), ("DELETE", 504, "", 2),
        ("POST", 503, "", 1), ("POST", 503, "retry-after: 0\r\n", 2), ("POST", 500, "", 1),
        ("POST", 429, "", 2), ("GET", 429, "retry-after: 6\r\n", 1), ("GET", 501, "", 1),
        ("GET", 400, "", 1), ("GET", 503, "retry-after: Fri, 21 Nov 2096 06:00:00 GMT\r\n", 1),
        ("POST", 503, "retry-after: Mon, 21 Nov 2016 06:00:00 GMT\r\n", 2),
    ])
    func `tries again where that is safe`(
        method: String, status: Int, headers: String, attempts: Int
    ) throws {
        let server = try FaultServer(.status(status, "no", headers), .status(200, "yes"))
        let answer = try client().send(.init(method, server.url + "/"))
        #expect(answer.status == (attempts == 1 ? status : 200))
        #expect(server.requests.count == attempts)
    }

    @Test func `gives up in the end`() throws {
        let server = try FaultServer(.status(503))
        #expect(try client().send(.init("GET", server.url + "/")).status == 503)
        #expect(server.requests.count == 3)
    }

    @Test func `sends a POST once, though the connection breaks`() throws {
        let server = try FaultServer(.cutOff(""), .status(200))
        let client = client()
        var request = HTTP.Request("POST", server.url + "/", body: .bytes([1]))
        let error = try #require(throws: HTTPError.self) { try client.send(request) }
        #expect(error.reason == .interrupted)
        #expect(server.requests.count == 1)

        request.isRepeatable = true
        #expect(try client.send(request).status == 200)
    }

    @Test func `sends a POST once, though a connection that was kept breaks`() throws {
        let server = try FaultServer(.status(200), .cutOff(""), .status(200))
        let client = client()
        let request = HTTP.Request("POST", server.url + "/", body: .bytes([1]))
        _ = try client.send(request)
        #expect(throws: HTTPError.self) { try client.send(request) }
        #expect(server.requests.count == 2)
    }

    @Test func `repeats what may be repeated when a kept connection breaks`() throws {
        let server = try FaultServer(.status(200), .cutOff(""), .status(200))
        let client = client()
        for _ in 0..<2 {
            let body = HTTP.Body.bytes([1, 2])
            #expect(try client.send(.init("PUT", server.url + "/", body: body)).status == 200)
        }
        #expect(server.requests.map(\.body) == [[1, 2], [1, 2], [1, 2]])
        #expect(server.connections == 2)
    }

    @Test func `says that an answer was cut off`() throws {
        let server = try FaultServer(.cutOff("HTTP/1.1 200 Words\r\ncontent-length: 9\r\n\r\nhalf"))
        let error = try #require(throws: HTTPError.self) {
            try client().send(.init("GET", server.url + "/"))
        }
        #expect(error.reason == .interrupted)
        #expect(server.requests.count == 3)
    }

    @Test func `does not repeat what was passed on in part`() throws {
        let server = try FaultServer(.cutOff("HTTP/1.1 200 Words\r\ncontent-length: 9\r\n\r\nhalf"))
        var pieces = 0
        #expect(throws: HTTPError.self) {
            try client().send(.init("GET", server.url + "/"), to: .pieces { _ in pieces += 1 })
        }
        #expect(server.requests.count == 1)
        #expect(pieces == 1)
    }

    @Test func `ends with its timeout`() throws {
        let server = try FaultServer(.silence)
        let error = try #require(throws: HTTPError.self) {
            try client { $0.timeout = .milliseconds(100) }.send(.init("GET", server.url + "/"))
        }
        #expect(error.reason == .timedOut)
    }

    @Test func `ends where nothing moves`() throws {
        let server = try FaultServer(.silence)
        let error = try #require(throws: HTTPError.self) {
            try client {
                $0.timeout = nil
                $0.stallTimeout = .seconds(1)
                $0.attempts = 1
            }.send(.init("GET", server.url + "/"))
        }
        #expect(error.reason == .timedOut)
    }

    @Test(arguments: ["http://127.0.0.1:1/", "http://nobody.invalid/"])
    func `says that nobody is there`(url: String) throws {
        let error = try #require(throws: HTTPError.self) { try client().send(.init("POST", url)) }
        #expect(error.reason == .unreachable)
        #expect(error.description.hasPrefix("POST \(url) reached nobody: "))
    }

    @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://x/", "not a URL", ""])
    func `speaks HTTP and nothing else`(url: String) throws {
        let error = try #require(throws: HTTPError.self) { try client().send(.init("GET", url)) }
        #expect(error.reason == .invalid)
    }

    @Test func `follows redirects only where asked`() throws {
        let server = try FaultServer(
            .status(302, "", "location: /there\r\n"), .status(302, "", "location: /there\r\n"),
            .status(200, "arrived"), .status(302, "", "location: file:///etc/passwd\r\n"),
            .status(302, "", "location: /round\r\n"))
        let client = client()
        var request = HTTP.Request("GET", server.url + "/")
        #expect(try client.send(request).status == 302)
        request.redirects = 1
        #expect(try client.send(request).body == Array("arrived".utf8))
        for _ in 0..<2 {
            let error = try #require(throws: HTTPError.self) { try client.send(request) }
            #expect(error.reason == .invalid)
        }
    }

    @Test func `trusts no certificate that nobody vouches for`() throws {
        let server = try ServerProcess.untrusted.get()
        let error = try #require(throws: HTTPError.self) {
            try client().send(.init("GET", "https://127.0.0.1:\(server.port)/"))
        }
        #expect(error.reason == .untrusted)
    }
}

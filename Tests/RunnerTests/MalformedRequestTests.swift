import Testing

@testable import LocalRunner
@testable import TestSupport

/// Requests that two servers could understand differently, and plain nonsense.
///
/// In what is understood differently one request can hide in another (request smuggling, RFC 9112
/// §11.2). The server refuses it, closes, and lives on.
@Suite struct MalformedRequestTests {
    @Test(arguments: [
        "\u{0}\u{1}\u{2}nonsense\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET https://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Nul: a\u{0}b\r\n\r\n",
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Length: 3\r\n\r\n0\r\n\r\n",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "POST /probes/mirror HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabcdef\r\n0\r\n\r\n",
        "POST /probes/mirror HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func `is refused once and closes the connection`(request: String) throws {
        let server = try RunningServer()
        let client = try server.connect()

        // What follows would be answered, were the refused request taken for complete.
        try client.write(request + "GET /probes/shout/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
        let reply = try client.reply()

        #expect((400...405).contains(reply.status))
        #expect(reply["connection"] == "close")
        #expect(try client.isClosed())
        #expect(try !server.logged().contains("smuggled"))
        #expect(try server.send("GET /probes/shout/alive").text == "alive")
    }

    @Test func `random bytes leave it alive`() throws {
        let server = try RunningServer()
        var random = SystemRandomNumberGenerator()

        for _ in 0..<100 {
            let client = try server.connect()
            // The server may close before it has read all.
            try? client.write((0..<500).map { _ in UInt8.random(in: 0...255, using: &random) })
        }

        #expect(try server.send("GET /probes/shout/alive").text == "alive")
    }
}

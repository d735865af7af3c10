import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import LocalRunner
@testable import TestSupport

/// A service that does what its path says.
private final class Sample: Service {
    let cancelled = Atomic(0)
    let file: String

    init() throws {
        file = NSTemporaryDirectory() + "apus-test-" + UUID().uuidString
        let line = Array("0123456789abcdef".utf8)
        try Data((0..<5_000_000).map { line[$0 % line.count] }).write(
            to: URL(fileURLWithPath: file))
    }

    deinit {
        unlink(file)
    }

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree ? head.path.hasPrefix("/sample/") : head.headers.contains(name: "x-sample")
    }

    struct Refused: Error {}
    struct Broken: Error {}

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        switch request.path.split(separator: "/").last {
        case "count":
            var count = 0
            for try await piece in request.body { count += piece.readableBytes }
            return ServiceResponse(status: 200, type: "text/plain", text: String(count))
        case "limit":
            let bytes = try await request.body.collect(upTo: 10)
            return ServiceResponse(status: 200, type: "text/plain", text: String(buffer: bytes))
        case "refuse": throw Refused()
        case "break": throw Broken()
        case "file":
            let descriptor = open(file, O_RDONLY | O_CLOEXEC)
            return ServiceResponse(
                status: 206,
                body: .file(ServiceFile(descriptor: descriptor, offset: 16, length: 4_000_000)))
        case "wait":
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                cancelled.add(1, ordering: .relaxed)
            }
            return ServiceResponse(status: 204)
        default: return ServiceResponse(status: 204)
        }
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        let status =
            switch error {
            case is Refused: 403
            case ServiceBody.Problem.tooLarge: 413
            default: 500
            }
        return ServiceFailure(
            response: ServiceResponse(status: status, type: "text/plain", text: "no"),
            isInternal: status == 500)
    }
}

@Suite struct ServiceTests {
    @Test func `a body of any length streams in, and a part of a file streams out`() throws {
        let sample = try Sample()
        let server = try RunningServer(services: [sample])
        let body = [UInt8](repeating: 7, count: 20_000_000)

        #expect(try server.send("PUT /sample/count", body: body).text == "20000000")
        let reply = try server.send("GET /sample/file")

        #expect(reply.status == 206)
        #expect(reply.body.count == 4_000_000)
        #expect(reply.body.prefix(16).elementsEqual("0123456789abcdef".utf8))
        let head = try server.send("HEAD /sample/file")
        #expect(head["content-length"] == "4000000")
        #expect(head.body.isEmpty)
    }

    @Test func `requests follow each other on one connection`() throws {
        let server = try RunningServer(services: [Sample()])
        let client = try server.connect()

        try client.write(RunningServer.message("PUT /sample/count", body: [1, 2, 3]))
        try client.write(RunningServer.message("GET /sample/file"))
        try client.write(RunningServer.message("GET /probes/show/a"))

        #expect(try client.reply().text == "3")
        #expect(try client.reply().body.count == 4_000_000)
        #expect(try client.reply().status == 200)
    }

    @Test func `a client that asks is told to send its body when the service wants it`() throws {
        let server = try RunningServer(services: [Sample()])
        for (path, status) in [("count", 100), ("refuse", 403)] {
            let client = try server.connect()
            try client.write(
                """
                PUT /sample/\(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\
                Expect: 100-continue\r\n\r\n
                """)
            #expect(try client.reply().status == status)
        }
    }

    @Test func `a client that asks is told so for an empty body too, or loses its connection`()
        throws
    {
        let server = try RunningServer(services: [Sample()])
        func ask(_ path: String) throws -> Client {
            let client = try server.connect()
            try client.write(
                "PUT /sample/\(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                    + "Expect: 100-continue\r\n\r\n")
            return client
        }

        let counted = try ask("count")
        #expect(try counted.reply().status == 100)
        #expect(try counted.reply().text == "0")
        let refused = try ask("refuse").reply()
        #expect(refused.status == 403)
        #expect(refused["connection"] == "close")
    }

    @Test func `a refusal before the end of the body closes the connection`() throws {
        let server = try RunningServer(services: [Sample()])
        let client = try server.connect()

        try client.write(
            "PUT /sample/refuse HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc")
        let reply = try client.reply()

        #expect(reply.status == 403)
        #expect(reply["connection"] == "close")
        #expect(try server.send("PUT /sample/limit", body: Array("0123456789x".utf8)).status == 413)
        #expect(try server.send("PUT /sample/limit", body: Array("0123456789".utf8)).status == 200)
    }

    @Test func `a fault of the service is logged, and nothing of it is shown`() throws {
        let server = try RunningServer(services: [Sample()])

        #expect(try server.send("GET /sample/break").text == "no")
        #expect(try server.waits(for: "GET /sample/break, request"))
        #expect(try server.logged().contains("Broken()"))
    }

    @Test func `the service's work is cancelled when the client goes`() throws {
        let sample = try Sample()
        let server = try RunningServer(services: [sample])
        do {
            let client = try server.connect()
            try client.write(RunningServer.message("GET /sample/wait"))
            #expect(try server.send("GET /sample/nothing").status == 204)
        }
        #expect(eventually { sample.cancelled.load(ordering: .relaxed) == 1 })
    }

    @Test func `a function's path is a service's only by the vendor's own mark`() throws {
        let server = try RunningServer(services: [Sample()])

        #expect(try server.send("GET /probes/show/a\nX-Sample: 1").status == 200)
        let signed = "GET /probes/show/a\nX-Sample: 1\nAuthorization: AWS4-HMAC-SHA256 x"
        #expect(try server.send(signed).status == 204)
    }

    @Test(arguments: ["example.com", "127.0.0.1.example.com", "localhost.example.com"])
    func `a page of another name reaches no service`(_ host: String) throws {
        let server = try RunningServer(services: [Sample()])
        #expect(try server.send("GET /sample/nothing\nHost: \(host)").status == 421)
        #expect(try server.send("GET /sample/nothing\nHost: s3.localhost:1").status == 204)
    }
}

import TestSupport
import Testing

@testable import FunctionRuntime
@testable import LocalRunner

/// The records of FastCGI as they are read: whole, in pieces, and when they are none.
@Suite struct FastCGIReaderTests {
    private typealias Client = FastCGIClient

    private static let variables = [
        "REQUEST_METHOD": "POST", "PATH_INFO": "/a b", "QUERY_STRING": "q=1",
        "CONTENT_LENGTH": "6", "CONTENT_TYPE": "text/plain", "REMOTE_ADDR": "10.0.0.1",
        "HTTP_X_LONG": String(repeating: "x", count: 300), "HTTP_PROXY": "http://evil/",
        "APUS_REQUEST_ID": "r1", "APUS_REQUEST_TIME": "1795251600000",
    ]

    /// Reads bytes in pieces of the sizes that come.
    private static func read(
        _ bytes: [UInt8], pieces: () -> Int = { Int.max }
    ) throws -> (requests: [FastCGIReader.Incoming], replies: [UInt8], isOver: Bool) {
        var reader = FastCGIReader()
        var (requests, replies): ([FastCGIReader.Incoming], [UInt8]) = ([], [])
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces()))
            rest = rest.dropFirst(piece.count)
            try piece.withUnsafeBytes { piece in
                var piece = piece
                while let request = try reader.next(in: &piece, replies: &replies) {
                    requests.append(request)
                }
            }
        }
        return (requests, replies, reader.isOver)
    }

    @Test func `reads a request`() throws {
        let (requests, replies, _) = try Self.read(
            Client.request(Self.variables, body: Array("abcdef".utf8), request: 513))
        let incoming = try #require(requests.first)
        #expect(requests.count == 1)
        #expect(replies == [])
        #expect(incoming.id == 513)
        #expect(incoming.keepsConnection)
        #expect(incoming.length == 6)
        #expect(incoming.failure == nil)
        let request = incoming.request
        #expect(request.method == "POST")
        #expect(request.path == "/a%20b")
        #expect(request.query.text == "q=1")
        #expect(request.headers["content-type"] == "text/plain")
        #expect(request.headers["x-long"]?.count == 300)
        #expect(request.headers["proxy"] == "http://evil/")
        #expect(request.remoteAddress == "10.0.0.1")
        #expect(request.id == "r1")
        #expect(request.time.milliseconds == 1_795_251_600_000)
        #expect(request.body == Array("abcdef".utf8))
    }

    @Test func `reads what is cut anywhere, and one request behind another`() throws {
        var random = SystemRandomNumberGenerator()
        for limit in [1, 2, 7, 129, 65_535] {
            let bytes = (1...3).flatMap { request in
                Client.request(
                    Self.variables, body: Array("abcdef".utf8), request: UInt16(request),
                    limit: limit)
            }
            for size in [1, 3, 50, 1000] {
                let (requests, replies, _) = try Self.read(bytes) {
                    Int.random(in: 1...size, using: &random)
                }
                #expect(requests.map(\.id) == [1, 2, 3])
                #expect(requests.allSatisfy { $0.request.body == Array("abcdef".utf8) })
                #expect(requests.allSatisfy { $0.request.headers["x-long"]?.count == 300 })
                #expect(requests.allSatisfy { $0.request.method == "POST" })
                #expect(replies == [])
            }
        }
    }

    @Test func `survives garbage, and whatever is changed in what is none`() throws {
        var random = SystemRandomNumberGenerator()
        let valid = Client.request(Self.variables, body: Array("abcdef".utf8), limit: 40)
        for round in 0..<2000 {
            var bytes = valid
            if round % 2 == 0 {
                bytes = (0..<200).map { _ in UInt8.random(in: 0...11, using: &random) }
            } else {
                for _ in 0..<3 {
                    let index = Int.random(in: bytes.indices, using: &random)
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            }
            _ = try? Self.read(bytes) { Int.random(in: 1...60, using: &random) }
        }
    }

    @Test(arguments: [
        [UInt8](repeating: 0, count: 8), Array("GET / HTTP/1.1\r\n".utf8),
        Client.record(1, 1, [0, 1]), Client.begin(1) + Client.begin(1),
        Client.begin(1) + Client.record(5, 1, [1]), Client.begin(1) + Client.record(5, 1),
        Client.begin(1) + Client.stream(4, 1, []) + Client.record(4, 1, [1]),
    ])
    func `ends where the bytes are not those of the protocol`(bytes: [UInt8]) {
        #expect(throws: FastCGIReader.Violation.self) { try Self.read(bytes) }
    }

    @Test func `ends a request that is aborted, and goes on`() throws {
        let (requests, replies, isOver) = try Self.read(
            Client.begin(7) + Client.record(4, 7, [1]) + Client.record(2, 7)
                + Client.request(["REQUEST_METHOD": "PUT"], request: 8))
        #expect(requests.map(\.request.method) == ["PUT"])
        #expect(replies == Client.record(3, 7, [0, 0, 0, 0, 0, 0, 0, 0]))
        #expect(!isOver)
        #expect(try Self.read(Client.begin(7, keepsConnection: false) + Client.record(2, 7)).isOver)
    }

    @Test func `refuses a second request beside the first, and other roles`() throws {
        let (requests, replies, _) = try Self.read(
            Client.begin(1) + Client.begin(2) + Client.stream(4, 2, [9, 9, 9])
                + Client.begin(3, role: 2) + Client.stream(4, 1, []) + Client.stream(5, 2, [1])
                + Client.stream(5, 1, []) + Client.begin(4, role: 3))
        #expect(requests.map(\.id) == [1])
        #expect(
            replies == Client.record(3, 2, [0, 0, 0, 0, 1, 0, 0, 0])
                + Client.record(3, 3, [0, 0, 0, 0, 1, 0, 0, 0])
                + Client.record(3, 4, [0, 0, 0, 0, 3, 0, 0, 0]))
        #expect(try Self.read(Client.begin(4, role: 3, keepsConnection: false)).isOver)
    }

    @Test func `tells what it can, and which records it does not know`() throws {
        let asked = ["FCGI_MPXS_CONNS": "", "FCGI_MAX_REQS": "", "OTHER": "x"]
        let (_, replies, _) = try Self.read(
            Client.record(9, 0, Client.pairs(asked), padding: 5) + Client.record(200, 0, [1, 2]))
        let values = Client.pairs(["FCGI_MAX_REQS": "256", "FCGI_MPXS_CONNS": "0"])
        #expect(
            replies == Client.record(10, 0, values, padding: -values.count & 7)
                + Client.record(11, 0, [200, 0, 0, 0, 0, 0, 0, 0]))
    }

    @Test func `bounds variables and body`() throws {
        let large = ["HTTP_X": String(repeating: "x", count: FastCGIReader.parameterLimit)]
        #expect(try Self.read(Client.request(large)).requests.first?.failure?.status == 431)

        let long = Client.request(Self.variables, body: Array("abcdefgh".utf8))
        let incoming = try Self.read(long).requests.first
        #expect(incoming?.failure?.message == "The body has more than its 6 bytes.")
        #expect(incoming?.request.body == Array("abcdef".utf8))

        let cut = Client.begin(1) + Client.stream(4, 1, [4, 1, 65]) + Client.stream(5, 1, [])
        #expect(try Self.read(cut).requests.first?.failure?.status == 400)
    }

    @Test func `takes a body whose length nobody tells to its end`() throws {
        let incoming = try Self.read(Client.request([:], body: [1, 2, 3])).requests.first
        #expect(incoming?.request.body == [1, 2, 3])
        #expect(incoming?.length == nil)
    }

    @Test(arguments: [0, 1, 65_400, 65_528, 65_529, 200_000])
    func `writes an answer in records that are aligned`(size: Int) throws {
        var bytes: [UInt8] = []
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let response = Response(status: 200, headers: ["x": "y"], body: body)
        FastCGIRecord.append(response, of: 258, to: &bytes)
        var output: [UInt8] = []
        var kinds: [UInt8] = []
        while bytes.count >= 8 {
            let length = Int(bytes[4]) << 8 | Int(bytes[5])
            #expect(bytes[0] == 1 && bytes[2] == 1 && bytes[3] == 2)
            #expect((length + Int(bytes[6])) % 8 == 0)
            kinds.append(bytes[1])
            if bytes[1] == 6 { output += bytes[8..<8 + length] }
            bytes.removeFirst(8 + length + Int(bytes[6]))
        }
        #expect(bytes.isEmpty)
        #expect(kinds.last == 3)
        #expect(output == Array("Status: 200 OK\r\nx: y\r\n\r\n".utf8) + body)
    }
}

import Foundation
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// A journal grows, and what is published of it comes out of order, twice, or not at all; each client
/// must get each entry once, in order.
@Suite struct JournalTests {
    private let server: RealtimeServer
    private let file: FileHandle

    init() throws {
        server = try RealtimeServer()
        try Data().write(to: URL(filePath: server.journal))
        file = try #require(FileHandle(forWritingAtPath: server.journal))
    }

    private func append(_ entries: ClosedRange<Int>) throws {
        try file.write(contentsOf: Data(repeating: 0x78, count: entries.count))
    }

    private func entry(_ number: Int) -> JSON {
        item("journal", "\(number)\n", id: "\(number)", after: "\(number - 1)")
    }

    private func stream() throws -> Client {
        let client = try server.begin("GET /probes/recall")
        #expect(try client.head()["transfer-encoding"] == "chunked")
        return client
    }

    /// All that comes until the last entry is there.
    private func read(_ client: Client, until last: Int) throws -> [Int] {
        var text = ""
        while !"\n\(text)".hasSuffix("\n\(last)\n") {
            let chunk = try client.chunk()
            guard !chunk.isEmpty else { break }
            text += chunk
        }
        return text.split(separator: "\n").compactMap { Int($0) }
    }

    @Test(arguments: [1, 2, 3], [false, true])
    func `streams get each entry once, in order`(seed: UInt64, isSequenced: Bool) throws {
        var random = Random(state: seed)
        var clients = [try stream()]
        var last = 0
        while last < 300 {
            let entries = (last + 1)...(last + Int.random(in: 1...6, using: &random))
            last = entries.upperBound
            try append(entries)
            if Int.random(in: 0..<5, using: &random) == 0 { clients.append(try stream()) }
            for number in entries.shuffled(using: &random) {
                let chance = Int.random(in: 0..<10, using: &random)
                // In sequence, what is lost would hold up all others for five seconds.
                if chance == 0, !isSequenced { continue }
                for _ in 0..<(chance == 1 ? 2 : 1) {
                    try server.publish(isSequenced ? entry(number) : entry(number).unsequenced)
                }
            }
        }
        try server.publish(["channel": "journal", "http-stream": ["action": "hint"]])

        for client in clients { #expect(try read(client, until: last) == Array(1...last)) }
    }

    @Test(arguments: [4, 5])
    func `long polls get each entry once, in order`(seed: UInt64) throws {
        var random = Random(state: seed)
        var (last, got) = (0, [Int]())
        let client = try server.running.connect()
        while last < 100 {
            try client.write(
                RunningServer.message("GET /probes/recall?wait=1&after=\(got.last ?? 0)"))
            let entries = (last + 1)...(last + Int.random(in: 1...3, using: &random))
            last = entries.upperBound
            try append(entries)
            for number in entries.shuffled(using: &random) {
                try server.publish(entry(number))
            }
            let reply = try client.reply()
            #expect(reply.status == 200)
            got += reply.text.split(separator: "\n").compactMap { Int($0) }
        }
        if let latest = got.last, latest < last {
            let rest = try server.running.send("GET /probes/recall?wait=1&after=\(latest)")
            got += rest.text.split(separator: "\n").compactMap { Int($0) }
        }

        #expect(got == Array(1...last))
    }
}

/// Numbers that are the same in each run (SplitMix64).
private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

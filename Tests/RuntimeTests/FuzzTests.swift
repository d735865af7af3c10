import Foundation
import Testing

@testable import FunctionRuntime

/// Random and mutated input: whatever comes, the parser answers and does not trap.
///
/// The generator is seeded, so a failure comes again.
@Suite struct FuzzTests {
    /// xorshift64*, because the system's generator cannot be seeded.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    private static let seeds = [
        #"{"method":"POST","path":"/echo","json":{"name":"Ada","quantity":3},"time":1795251600000}"#,
        #"{"method":"GET","path":"/a%2Fb","query":{"a":["1","é"],"b":""},"headers":{"X":["1","2"],"y":"z"}}"#,
        #"{"method":"PUT","path":"/","base64":"/wD+","id":"r1","remoteAddress":"::1","deadline":1}"#,
        #"["\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E",-0.5e-10,1E+2,true,false,null,[[],{}],{"a":{"b":[0]}}]"#,
    ].map { Array($0.utf8) }

    private static let pieces = [
        "\"", "\\", "\\u", "\\ud800", "\\udc00", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e",
        "E+", "true", "null",
        " ", "\n", "\t", "\u{0}", "\u{1F}", "é", "𝄞", "9", "//", "'", "\u{FEFF}",
    ].map { Array($0.utf8) }

    /// One of the seeds, changed in up to eight places.
    private static func mutation(_ dice: inout Dice) -> [UInt8] {
        var bytes = seeds.randomElement(using: &dice) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &dice) {
            let position = Int.random(in: 0...bytes.count, using: &dice)
            let end = min(bytes.count, position + Int.random(in: 0...3, using: &dice))
            switch Int.random(in: 0..<5, using: &dice) {
            case 0: bytes.removeSubrange(position..<end)
            case 1: bytes.insert(contentsOf: bytes[position..<end], at: position)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: position)
            case 3 where position < bytes.count:
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            default:
                bytes.insert(contentsOf: pieces.randomElement(using: &dice) ?? [], at: position)
            }
        }
        return bytes
    }

    /// A text of nothing but what JSON is made of.
    private static func jumble(_ dice: inout Dice) -> [UInt8] {
        (0..<Int.random(in: 1...12, using: &dice)).flatMap { _ in
            pieces.randomElement(using: &dice) ?? []
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `answers for whatever comes in place of a request`(seed: UInt64) {
        var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15)
        var read = 0
        for turn in 0..<25_000 {
            let bytes = turn % 2 == 0 ? Self.mutation(&dice) : Self.jumble(&dice)
            bytes.withUnsafeBufferPointer { bytes in
                if (try? RequestEnvelope.read(bytes)) != nil { read += 1 }
            }
        }
        #expect(read > 100)
    }

    @Test(arguments: 5...8 as ClosedRange<UInt64>)
    func `writes again, and reads again the same, what it has accepted`(seed: UInt64) throws {
        var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15)
        for turn in 0..<25_000 {
            let bytes = turn % 2 == 0 ? Self.mutation(&dice) : Self.jumble(&dice)
            guard let value = try? JSON(parsing: bytes) else { continue }
            guard try JSON(parsing: value.bytes) == value else {
                Issue.record(
                    "\(String(decoding: bytes, as: UTF8.self)) comes back as another value.")
                return
            }
        }
    }

    /// Where Foundation is as strict: it takes numbers that a `Double` can hold and no others, so
    /// inputs with an exponent are left out, and it lets a comma trail.
    @Test func `accepts what Foundation accepts`() {
        var dice = Dice(state: 0xA905)
        var accepted = 0
        for turn in 0..<40_000 {
            let bytes = turn % 2 == 0 ? Self.mutation(&dice) : Self.jumble(&dice)
            let text = String(decoding: bytes, as: UTF8.self)
            guard !text.contains(/\d[eE]|,\s*[\]}]|\0|\uFEFF/) else { continue }
            let ours = (try? JSON(parsing: bytes)) != nil
            let theirs =
                (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed))
                != nil
            if ours { accepted += 1 }
            guard ours != theirs else { continue }
            Issue.record("\(text.debugDescription): ours \(ours), Foundation \(theirs)")
        }
        #expect(accepted > 100)
    }

    @Test func `frames whatever comes, and loses no byte of it`() {
        var dice = Dice(state: 0xF4A3E)
        for _ in 0..<20_000 {
            let bytes = Self.mutation(&dice)
            var frame = JSONFrame()
            var ends = 0
            while let range = frame.next(in: bytes, isLast: true) {
                let skipped = bytes[ends..<range.lowerBound]
                let isSpace = skipped.allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
                #expect(isSpace && !range.isEmpty)
                ends = range.upperBound
            }
            #expect(bytes[ends...].allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) })
        }
    }
}

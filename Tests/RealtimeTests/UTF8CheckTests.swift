import NIOCore
import Testing

@testable import LocalRunner

@Suite struct UTF8CheckTests {
    private static func check(_ bytes: [UInt8], cutAt cut: Int) -> Bool {
        var check = UTF8Check()
        let pieces = [bytes[..<cut], bytes[cut...]].map(Array.init)
        return pieces.allSatisfy { piece in piece.withUnsafeBytes { check.take($0) } }
            && check.isComplete
    }

    @Test func `every character is taken, wherever it is cut`() {
        let values =
            (0...0x2FF).map(UInt32.init) + stride(from: 0x300, to: 0x11_0000, by: 331)
            + [0x7FF, 0x800, 0xFFFF, 0x1_0000, 0x10_FFFF, 0xD7FF, 0xE000]

        for scalar in values.compactMap(Unicode.Scalar.init) {
            let bytes = Array("some text before \(Character(scalar)) and after".utf8)
            for cut in 15...22 { #expect(Self.check(bytes, cutAt: cut), "\(scalar.value)") }
        }
    }

    @Test func `it agrees with the standard library about random bytes`() {
        var random = SeededRandom(seed: 3629)
        let likely: [UInt8] = [
            0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xED, 0xF0, 0xF4,
        ]

        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? likely.randomElement(using: &random) ?? 0
                    : .random(in: 0...255, using: &random)
            }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(Self.check(bytes, cutAt: cut) == isText, "\(bytes)")
        }
    }

    @Test func `what is wrong is seen at its first byte`() {
        for bytes: [UInt8] in [[0xC0], [0xFF], [0x80], [0xE0, 0x9F], [0xED, 0xA0], [0xF4, 0x90]] {
            var check = UTF8Check()
            #expect(bytes.withUnsafeBytes { check.take($0) } == false, "\(bytes)")
        }
    }
}

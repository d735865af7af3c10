import FunctionRuntime
import Testing

@testable import FunctionCrypto

@Suite struct SealingTests {
    private static func bytes(_ digits: String) throws -> [UInt8] {
        try #require(Hex.decode(digits))
    }

    /// RFC 5869, appendix A, cases 1 to 3.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 22), "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            hexadecimal(0x00...0x4F), hexadecimal(0x60...0xAF), hexadecimal(0xB0...0xFF),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            String(repeating: "0b", count: 22), "", "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func `derives keys as published`(secret: String, salt: String, info: String, key: String) throws
    {
        let expected = try Self.bytes(key)
        let derived = HKDF.derive(
            expected.count, from: try Self.bytes(secret), salt: try Self.bytes(salt),
            info: try Self.bytes(info))
        #expect(derived == expected)
    }

    private static func hexadecimal(_ range: ClosedRange<UInt8>) -> String {
        Hex.encode(Array(range))
    }

    /// Test cases 13, 14 and 16 of AES-256 in McGrew and Viega's "The Galois/Counter Mode of
    /// Operation", appendix B.
    @Test(arguments: [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12),
            String(repeating: "00", count: 16), "", "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `seals as published`(
        key: String, nonce: String, content: String, context: String, hidden: String, tag: String
    ) throws {
        let key = SealingKey(try Self.bytes(key))
        let sealed = try key.seal(
            try Self.bytes(content), for: try Self.bytes(context), nonce: try Self.bytes(nonce))
        #expect(Hex.encode(sealed) == nonce + hidden + tag)
        #expect(Hex.encode(try key.open(sealed, for: try Self.bytes(context))) == content)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 100_000])
    func `opens what it has sealed, and nothing that was changed`(count: Int) throws {
        let key = SealingKey(from: "a secret of the tests", for: "tests")
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try key.seal(content, for: "one")
        #expect(sealed.count == count + 28)
        #expect(try key.open(sealed, for: "one") == content)
        #expect(try key.seal(content, for: "one") != sealed)
        for place in Set([0, 11, 12, sealed.count / 2, sealed.count - 17, sealed.count - 1]) {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: SealingKey.Problem.notAuthentic) { try key.open(changed, for: "one") }
        }
        #expect(throws: SealingKey.Problem.notAuthentic) { try key.open(sealed, for: "two") }
        let shorter = Array(sealed.dropLast())
        #expect(throws: SealingKey.Problem.self) { try key.open(shorter, for: "one") }
        let others = [
            SealingKey(from: "another secret", for: "tests"),
            SealingKey(from: "a secret of the tests", for: "other tests"),
        ]
        for other in others {
            #expect(throws: SealingKey.Problem.notAuthentic) { try other.open(sealed, for: "one") }
        }
        #expect(throws: SealingKey.Problem.tooShort) { try key.open([1, 2, 3], for: "one") }
    }
}

import FunctionCrypto
import FunctionRuntime
import Testing

@Suite struct HashTests {
    /// FIPS 180-4's examples, as RFC 6234 §8.5 and RFC 1321 §A.5 give them.
    @Test(arguments: [
        (Hash.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
    ])
    func `gives the published digests`(hash: Hash, text: String, digest: String) {
        #expect(Hex.encode(hash.digest(of: text)) == digest)
        #expect(hash.digest(of: text).count == hash.length)
    }

    @Test func `digests a million letters`() {
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(
            Hex.encode(Hash.sha256.digest(of: letters))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// RFC 4231 §4.2 to §4.8, without the truncated case 5.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10111213141516171819",
            String(repeating: "cd", count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            String(repeating: "aa", count: 131),
            Hex.encode(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `authenticates as RFC 4231 does`(key: String, message: String, code: String) throws {
        let key = try #require(Hex.decode(key))
        let message = try #require(Hex.decode(message))
        #expect(Hex.encode(Hash.sha256.hmac(key: key, message: message)) == code)
    }

    @Test func `authenticates with SHA-512 and with SHA-1`() {
        let key = Array("Jefe".utf8)
        let message = Array("what do ya want for nothing?".utf8)
        #expect(
            Hex.encode(Hash.sha512.hmac(key: key, message: message))
                == "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")
        #expect(
            Hex.encode(Hash.sha1.hmac(key: key, message: message))
                == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    }

    @Test func `takes an empty key and an empty message`() {
        #expect(
            Hex.encode(Hash.sha256.hmac(key: [], message: []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `compares in constant time`() {
        #expect(constantTimeEquals("", ""))
        #expect(constantTimeEquals("secret", "secret"))
        #expect(!constantTimeEquals("secret", "secres"))
        #expect(!constantTimeEquals("secret", "Secret"))
        #expect(!constantTimeEquals("secret", "secret "))
        #expect(!constantTimeEquals([0, 1], [0]))
    }

    @Test func `compares bytes and not letters`() {
        #expect("caf\u{E9}" == "cafe\u{301}")
        #expect(!constantTimeEquals("caf\u{E9}", "cafe\u{301}"))
    }
}

@Suite struct HexTests {
    @Test func `spells every byte with two digits`() {
        #expect(Hex.encode([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
        #expect(Hex.decode("000FA0ff") == [0x00, 0x0F, 0xA0, 0xFF])
        #expect(Hex.decode("") == [])
    }

    @Test(arguments: ["0", "0g", "0x00", " 00", "é0"])
    func `refuses what is not hexadecimal`(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}

@Suite struct TokenTests {
    @Test func `has 43 characters that are safe in a URL`() throws {
        let token = try Token.make()
        #expect(token.utf8.count == 43)
        #expect(Base64.decode(token, as: .url)?.count == 32)
        #expect(token != (try Token.make()))
    }

    @Test func `is stored as its SHA-256`() {
        #expect(
            Token.hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `makes as many bytes as asked for`() throws {
        #expect(try Random.bytes(0) == [])
        #expect(try Random.bytes(100_000).count == 100_000)
        // All 256 values are missing one in 10^170 times.
        #expect(Set(try Random.bytes(100_000)).count == 256)
    }
}

import Testing

@testable import FunctionRuntime

@Suite struct EncodingTests {
    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try Response.json(value).body, as: UTF8.self)
    }

    struct Everything: Encodable {
        var text: String? = nil
        var number: Int? = nil
        var flag: Bool? = nil
        var ratio: Double? = nil
        var money: Money? = nil
        var list: [Int?] = [1, nil]
        var nested: [[String]] = [[], ["a"], []]
        var map = ["é\n": [true]]
    }

    @Test func `writes absent values as null, so that every answer has the same members`() throws {
        #expect(
            try Self.text(Everything())
                == #"{"text":null,"number":null,"flag":null,"ratio":null,"money":null,"#
                + #""list":[1,null],"nested":[[],["a"],[]],"map":{"é\n":[true]}}"#)
    }

    @Test func `writes numbers as they are`() throws {
        #expect(try Self.text([Int.min, Int.max]) == "[-9223372036854775808,9223372036854775807]")
        #expect(try Self.text([UInt64.max]) == "[18446744073709551615]")
        #expect(try Self.text([0.1, 5, 1e100, 1e-7]) == "[0.1,5.0,1e+100,1e-07]")
        #expect(throws: EncodingError.self) { try Self.text([Double.nan]) }
        #expect(throws: EncodingError.self) { try Self.text([-Float.infinity]) }
    }

    @Test func `writes single values and empty containers`() throws {
        struct Nothing: Encodable {}
        #expect(try Self.text("a\"b") == #""a\"b""#)
        #expect(try Self.text(Int?.none) == "null")
        #expect(try Self.text(Nothing()) == "{}")
        #expect(try Self.text([[Nothing]]()) == "[]")
        #expect(try Self.text(["a": Nothing()]) == #"{"a":{}}"#)
    }

    class Base: Encodable { var base = 1 }

    final class Derived: Base {
        enum Key: CodingKey { case own }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(2, forKey: .own)
            try super.encode(to: container.superEncoder())
        }
    }

    @Test func `writes a class and what it inherits`() throws {
        #expect(try Self.text(Derived()) == #"{"own":2,"super":{"base":1}}"#)
    }

    @Test func `writes JSON within a value as it is`() throws {
        let value: [String: JSON] = ["a": .number("1.50")]
        #expect(try Self.text(value) == #"{"a":1.50}"#)
        #expect(
            try Self.text(JSON.object([.init("b", nil), .init("a", [1, "x"])]))
                == #"{"b":null,"a":[1,"x"]}"#)
    }
}

import Testing

@testable import FunctionRuntime

@Suite struct FixedTests {
    @Test(
        arguments: [
            ("0", 0, "0.00"), ("-0", 0, "0.00"), ("-0.00", 0, "0.00"), ("1", 100, "1.00"),
            ("1.5", 150, "1.50"),
            ("-1.05", -105, "-1.05"), ("0.01", 1, "0.01"), ("-0.01", -1, "-0.01"),
            ("1.500000", 150, "1.50"),
            ("007", 700, "7.00"), ("1000000.00", 100_000_000, "1000000.00"),
            ("92233720368547758.07", .max, "92233720368547758.07"),
            ("-92233720368547758.08", .min, "-92233720368547758.08"),
        ] as [(String, Int64, String)])
    func `reads and writes money`(text: String, units: Int64, written: String) {
        #expect(Money(text)?.units == units)
        #expect(Money(units: units).description == written)
    }

    @Test(arguments: [
        "", "-", "+1", ".5", "5.", "-.5", "1.005", "1,5", "1e2", "0x1", " 1", "1 ", "1.2.3", "--1",
        "NaN", "١",
        "92233720368547758.08", "-92233720368547758.09", "922337203685477580700",
        "1.00000000000000000001",
    ])
    func `refuses what is not an amount, is too fine or does not fit`(text: String) {
        #expect(Money(text) == nil)
    }

    @Test func `has as many places as its type says`() {
        #expect(Fixed<0>("12")?.units == 12)
        #expect(Fixed<0>("12.0")?.units == 12)
        #expect(Fixed<0>("12.5") == nil)
        #expect(Fixed<0>(units: -3).description == "-3")
        #expect(Fixed<4>("0.0001")?.units == 1)
        #expect(Fixed<4>(units: -1).description == "-0.0001")
        #expect(Fixed<18>("9.223372036854775807")?.units == .max)
        #expect(Fixed<18>("10") == nil)
    }

    @Test func `orders by value`() {
        #expect(Money(units: -1) < Money(units: 0))
        #expect(Money(units: 99) < Money(units: 100))
    }

    @Test func `is a string in JSON, and read from a string or a number`() throws {
        struct Price: Codable, Equatable { var price: Money }
        let json = try Response.json(Price(price: Money(units: 150))).body
        #expect(String(decoding: json, as: UTF8.self) == #"{"price":"1.50"}"#)
        #expect(try JSON(parsing: #"{"price":"1.5"}"#).decode(as: Price.self).price.units == 150)
        #expect(try JSON(parsing: #"{"price":1.50}"#).decode(as: Price.self).price.units == 150)
        #expect(throws: Failure.self) {
            try JSON(parsing: #"{"price":1e2}"#).decode(as: Price.self)
        }
        #expect(throws: Failure.self) {
            try JSON(parsing: #"{"price":true}"#).decode(as: Price.self)
        }
    }

    @Test func `describes itself by a pattern that fits its places`() throws {
        #expect(try Schema(of: Money.self).pattern == #"^-?\d+(\.\d{1,2})?$"#)
        #expect(try Schema(of: Fixed<0>.self).pattern == #"^-?\d+$"#)
    }
}

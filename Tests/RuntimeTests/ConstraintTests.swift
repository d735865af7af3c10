import Testing

@testable import FunctionRuntime

@Suite struct ConstraintTests {
    /// Why a value is not accepted; nil where it is.
    private static func refusal<Value: Decodable>(
        of json: String, as type: Value.Type, lenient: Bool = false
    ) -> String? {
        do {
            _ = try JSON(parsing: json).decode(as: type, lenient: lenient)
            return nil
        } catch let failure as Failure {
            return failure.details.map { "\($0.path): \($0.message)" }.joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }

    @Test(
        arguments: [
            (#""a""#, nil), (#""abc""#, nil), (#""👨‍👩‍👧""#, ": Must have 1 to 3 characters; it has 5."),
            (#""""#, ": Must have 1 to 3 characters; it has 0."),
            (#""abcd""#, ": Must have 1 to 3 characters; it has 4."),
            (#""a\u0000b""#, ": Must not contain the character U+0000."),
            ("5", ": Must be a string, not a number."),
            ("true", ": Must be a string, not a boolean."),
            ("null", ": Must be a string, not null."),
            ("[]", ": Must be a string, not an array."),
            ("{}", ": Must be a string, not an object."),
        ] as [(String, String?)])
    func `takes text of the declared length`(json: String, refusal: String?) {
        #expect(Self.refusal(of: json, as: Text<1, 3>.self) == refusal)
    }

    @Test(arguments: [
        ("1", true), ("1000", true), ("-0", false), ("0", false), ("1001", false), ("1.0", false),
        ("1e2", false),
        (#""5""#, false), ("99999999999999999999999", false), ("null", false), ("true", false),
    ])
    func `takes whole numbers of the declared range`(json: String, isAccepted: Bool) {
        let refusal = Self.refusal(of: json, as: Whole<1, 1000>.self)
        #expect(refusal == (isAccepted ? nil : ": Must be a whole number from 1 to 1000."))
    }

    @Test func `takes numbers from text only where everything is text`() {
        #expect(Self.refusal(of: #""5""#, as: Whole<1, 9>.self, lenient: true) == nil)
        #expect(Self.refusal(of: #""5""#, as: Int.self, lenient: true) == nil)
        #expect(Self.refusal(of: #""5""#, as: Int.self) == ": Must be a whole number.")
        #expect(Self.refusal(of: #""1.5""#, as: Double.self, lenient: true) == nil)
        #expect(Self.refusal(of: #""true""#, as: Bool.self, lenient: true) == nil)
        #expect(Self.refusal(of: #""true""#, as: Bool.self) == ": Must be true or false.")
        for text in [#""nan""#, #""inf""#, #""0x1p3""#, #""1e999""#, #""""#, #"" 1""#] {
            #expect(Self.refusal(of: text, as: Double.self, lenient: true) == ": Must be a number.")
        }
    }

    @Test func `takes no number that its type cannot hold`() {
        #expect(
            Self.refusal(of: "256", as: UInt8.self) == ": Must be a whole number from 0 to 255.")
        #expect(Self.refusal(of: "1e999", as: Double.self) == ": Must be a number.")
        #expect(Self.refusal(of: "1e39", as: Float.self) == ": Must be a number.")
        #expect(Self.refusal(of: "1e-999", as: Double.self) == nil)
    }

    @Test(arguments: [
        (#""0.01""#, true), ("10", true), (#""99.99""#, true), (#""100.00""#, false),
        (#""0.00""#, false), (#""-1""#, false), (#""0.001""#, false), ("null", false),
        ("[]", false),
        (#""99999999999999999999""#, false),
    ])
    func `takes amounts of the declared range`(json: String, isAccepted: Bool) {
        let refusal = Self.refusal(of: json, as: Amount<1, 2>.self)
        #expect(
            refusal
                == (isAccepted ? nil : ": Must be an amount from 0.01 to 99.99, to the hundredth."))
    }

    @Test func `takes amounts of up to sixteen digits`() {
        #expect(Self.refusal(of: #""9999999999999999.99""#, as: Amount<0, 16>.self) == nil)
        #expect(Self.refusal(of: #""10000000000000000""#, as: Amount<0, 16>.self) != nil)
    }

    @Test(arguments: [
        "ada@example.com", "a@b.co", "first.last+tag@sub.example.org", "!#$%&'*+/=?^_`{|}~-@x.y",
        "1@2.3",
        "a@xn--bcher-kva.example", "..@example.com",
    ])
    func `takes e-mail addresses as HTML does`(address: String) throws {
        let json = JSON.string(address)
        #expect(try json.decode(as: Email.self).value == address)
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", "ada@example", "a@b@c.de", "ada@-x.com", "ada@x-.com",
        "ada@x..com",
        "ada@.com", "ada@x.com.", "ada lovelace@x.com", "ada@x_y.com", "adä@x.com", "ada@bücher.de",
        "ada@x.com\n",
        "\u{212A}ey@example.com", "ada@\u{212A}.com", "<ada@x.com>", "ada@[127.0.0.1]",
        "ada,bob@x.com",
    ])
    func `refuses what is no e-mail address`(address: String) {
        #expect(throws: Failure.self) { try JSON.string(address).decode(as: Email.self) }
    }

    @Test func `holds e-mail addresses to the lengths of RFC 5321 and in lower case`() throws {
        let label = String(repeating: "d", count: 61)
        let domain = "\(label).\(label).\(label).de"
        let local = String(repeating: "l", count: 64)
        #expect(throws: Never.self) { try JSON.string("\(local)@\(domain)").decode(as: Email.self) }
        #expect(throws: Failure.self) { try JSON.string("l\(local)@x.de").decode(as: Email.self) }
        #expect(throws: Failure.self) { try JSON.string("a@ddd\(label).de").decode(as: Email.self) }
        #expect(throws: Failure.self) {
            try JSON.string("\(local)@x\(label).\(domain)").decode(as: Email.self)
        }
        #expect(
            try JSON.string("Ada@Example.COM").decode(as: Email.self).value == "ada@example.com")
    }

    private enum Person {}

    @Test func `takes UUIDs in any case and writes them in lower`() throws {
        let text = "0198C0DE-7ABC-7def-8123-456789ABCDEF"
        let id = try #require(ID<Person>(text))
        #expect(id.description == text.lowercased())
        #expect(id == ID(text.lowercased()))
        #expect(String(decoding: try Response.json([id]).body, as: UTF8.self) == "[\"\(id)\"]")
        #expect(try JSON.string(text).decode(as: ID<Person>.self) == id)
    }

    @Test(arguments: [
        "", "0198c0de7abc7def8123456789abcdef", "0198c0de-7abc-7def-8123-456789abcde",
        "0198c0de-7abc-7def-8123-456789abcdef0", "0198c0de-7abc-7def-8123-456789abcdeg",
        "0198c0de+7abc-7def-8123-456789abcdef", "{198c0de-7abc-7def-8123-456789abcde}",
        "-198c0de-7abc-7def-8123-456789abcdef", "0198c0de-7abc-7def-8123-456789abcdé",
    ])
    func `refuses what is no UUID`(text: String) {
        #expect(ID<Person>(text) == nil)
        #expect(Self.refusal(of: "\"\(text)\"", as: ID<Person>.self) == ": Must be a UUID.")
    }
}

import Testing

@testable import FunctionRuntime

/// One declaration, from which come the check of every field and the schema.
@Suite struct DecodingTests {
    enum Side: String, Decodable, CaseIterable { case buy, sell }
    enum Level: Int, Decodable, CaseIterable {
        case low = 1
        case high = 5
    }

    struct Line: Decodable {
        var article: Text<1, 20>
        var quantity: Whole<1, 100>
        var note: String?
    }

    struct Order: Decodable {
        var id: ID<Order>
        var customer: Email
        var side: Side
        var level: Level?
        var limit: Amount<1, 3>?
        var lines: [Line]
        var tags: [String]?
        var isExpress: Bool?
        var at: Timestamp
        var weight: Double
        var extra: JSON?
        var shares: [String: Whole<0, 100>]?
    }

    private static func details(of json: String) throws -> [Failure.Detail] {
        let json = try JSON(parsing: json)
        do {
            _ = try json.decode(as: Order.self)
            return []
        } catch let failure as Failure {
            #expect(failure.status == 400)
            #expect(failure.code == "validation-failed")
            return failure.details
        }
    }

    private static let good = #"""
        {"id":"0198c0de-7abc-7def-8123-456789abcdef","customer":"Ada@example.com","side":"sell",
        "level":5,"limit":"12.50","lines":[{"article":"Tea","quantity":3},
        {"article":"Pot","quantity":1,"note":null}],"tags":[],"isExpress":false,
        "at":"2026-11-21T03:08:53Z","weight":1.5,"extra":{"any":[1]},"shares":{"a":1},"unknown":1}
        """#

    @Test func `decodes a value whose fields are all right`() throws {
        let order = try JSON(parsing: Self.good).decode(as: Order.self)
        #expect(order.customer.value == "ada@example.com")
        #expect(order.side == .sell)
        #expect(order.level == .high)
        #expect(order.limit?.value == Money(units: 1250))
        #expect(order.lines.map(\.quantity.value) == [3, 1])
        #expect(order.lines[1].note == nil)
        #expect(order.tags == [])
        #expect(order.isExpress == false)
        #expect(order.at.description == "2026-11-21T03:08:53.000Z")
        #expect(order.weight == 1.5)
        #expect(order.extra == ["any": [1]])
        #expect(order.shares?["a"]?.value == 1)
    }

    @Test func `names every wrong field at once, however deep`() throws {
        let details = try Self.details(
            of: #"""
                {"id":"7","customer":"ada","side":"hold","level":2,"limit":"0",
                "lines":[{"article":"","quantity":0},5,{"quantity":1,"note":7}],"tags":["a",1],
                "isExpress":"yes","at":"soon","weight":"heavy","shares":{"a":101}}
                """#)
        #expect(
            details == [
                .init(path: "id", message: "Must be a UUID."),
                .init(
                    path: "customer", message: "Must be an e-mail address, such as ada@example.com."
                ),
                .init(path: "side", message: "Must be one of: buy, sell."),
                .init(path: "level", message: "Must be one of: 1, 5."),
                .init(
                    path: "limit",
                    message: "Must be an amount from 0.01 to 999.99, to the hundredth."),
                .init(path: "lines.0.article", message: "Must have 1 to 20 characters; it has 0."),
                .init(path: "lines.0.quantity", message: "Must be a whole number from 1 to 100."),
                .init(path: "lines.1", message: "Must be an object, not a number."),
                .init(path: "lines.2.article", message: "Is required."),
                .init(path: "lines.2.note", message: "Must be a string, not a number."),
                .init(path: "tags.1", message: "Must be a string, not a number."),
                .init(path: "isExpress", message: "Must be true or false."),
                .init(path: "at", message: "Must be a time such as 2026-11-21T03:08:53Z."),
                .init(path: "weight", message: "Must be a number."),
                .init(path: "shares.a", message: "Must be a whole number from 0 to 100."),
            ])
    }

    @Test func `asks for every required field and for no other`() throws {
        let required = ["id", "customer", "side", "lines", "at", "weight"]
        #expect(
            try Self.details(of: "{}")
                == required.map { .init(path: $0, message: "Is required.") })
        let nulls = required.map { "\"\($0)\":null" }.joined(separator: ",")
        #expect(
            try Self.details(of: "{\(nulls)}")
                == required.map { .init(path: $0, message: "Is required.") })
    }

    @Test(arguments: ["[]", "5", "null", "\"\"", "true"])
    func `says what it needs in place of another kind`(json: String) throws {
        let details = try Self.details(of: json)
        #expect(details.count == 1)
        #expect(details[0].path == "")
        #expect(details[0].message.hasPrefix("Must be an object, not "))
    }

    @Test func `refuses an array's and an enumeration's place taken by another kind`() throws {
        let text = Self.good.replacing(#""side":"sell""#, with: #""side":{}"#)
            .replacing(#""tags":[]"#, with: #""tags":"a""#)
        #expect(
            try Self.details(of: text) == [
                .init(path: "side", message: "Must be a string, not an object."),
                .init(path: "tags", message: "Must be an array, not a string."),
            ])
    }

    /// A type that throws of itself, and is no placeholder either.
    struct Odd: Decodable {
        init(from decoder: any Decoder) throws {
            let number = try decoder.singleValueContainer().decode(Int.self)
            guard !number.isMultiple(of: 2) else {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "Even"))
            }
        }
    }

    @Test func `answers for a type that refuses even its placeholder`() throws {
        struct Input: Decodable { var odd: Odd }
        let failure = #expect(throws: Failure.self) {
            try JSON(parsing: #"{"odd":4}"#).decode(as: Input.self)
        }
        #expect(
            failure?.details == [.init(path: "odd", message: "Has a form that is not accepted.")])
        let missing = #expect(throws: Failure.self) {
            try JSON(parsing: "{}").decode(as: Input.self)
        }
        #expect(missing?.details == [.init(path: "odd", message: "Is required.")])
    }

    struct Tree: Decodable {
        var name: String
        var children: [Tree]
    }

    @Test func `holds a type that holds itself`() throws {
        let tree = try JSON(parsing: #"{"name":"a","children":[{"name":"b","children":[]}]}"#)
            .decode(as: Tree.self)
        #expect(tree.children[0].name == "b")
        let failure = #expect(throws: Failure.self) {
            try JSON(parsing: #"{"name":"a","children":[{}]}"#).decode(as: Tree.self)
        }
        #expect(failure?.details.map(\.path) == ["children.0.name", "children.0.children"])
        #expect(try Schema(of: Tree.self).properties.map(\.name) == ["name", "children"])
    }

    @Test func `makes the schema from the same declaration`() throws {
        let schema = String(decoding: try Schema(of: Order.self).json.bytes, as: UTF8.self)
        #expect(
            schema == #"{"type":"object","properties":{"id":{"type":"string","format":"uuid"},"#
                + #""customer":{"type":"string","format":"email","maxLength":254},"#
                + #""side":{"type":"string","enum":["buy","sell"]},"#
                + #""level":{"type":"integer","enum":[1,5]},"#
                + #""limit":{"type":"string","format":"decimal","pattern":"^\\d{1,3}(\\.\\d{1,2})?$"},"#
                + #""lines":{"type":"array","items":{"type":"object","properties":{"#
                + #""article":{"type":"string","minLength":1,"maxLength":20},"#
                + #""quantity":{"type":"integer","minimum":1,"maximum":100},"#
                + #""note":{"type":"string"}},"required":["article","quantity"]}},"#
                + #""tags":{"type":"array","items":{"type":"string"}},"isExpress":{"type":"boolean"},"#
                + #""at":{"type":"string","format":"date-time"},"weight":{"type":"number"},"#
                + #""extra":{},"shares":{"type":"object","properties":{}}},"#
                + #""required":["id","customer","side","lines","at","weight"]}"#)
    }

    @Test func `refuses to describe an enumeration whose cases it cannot list`() {
        enum Hidden: String, Decodable { case shown }
        #expect(throws: DecodingError.self) { try Schema(of: Hidden.self) }
    }
}

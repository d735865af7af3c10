import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// The engine itself: what a fixture expects, and what it lets pass.
@Suite struct ComparisonTests {
    private func differences(_ expected: String, _ found: String) throws -> [String] {
        var comparison = Comparison()
        comparison.compare(
            try JSON(parsing: expected), try JSON(parsing: found), at: "json")
        return comparison.differences.map(\.path)
    }

    @Test(arguments: [
        (#"{"a": 1, "b": [true, null]}"#, #"{"b": [true, null], "a": 1}"#),
        (#""<uuid>""#, #""a0000000-0000-4000-8000-00000000000f""#),
        (#""<time>""#, #""2026-11-21T09:00:00.000Z""#),
        (#""s=<token>; Path=/""#, #""s=AbCdEfGhIjKlMnOpQrSt_-; Path=/""#),
        (#""<money>""#, #""-12.50""#), (#""<money>""#, "12.50"), (#""<number>""#, "7"),
        (#""Pay <money> (a+b)""#, #""Pay 1.00 (a+b)""#), (#""<text>""#, #""two\nlines""#),
        (#"{"a": "<any>"}"#, #"{"a": [null]}"#), (#"[1, "..."]"#, "[1, 2, 3]"),
        (#"["..."]"#, "[]"), (#""<other>""#, #""<other>""#),
    ])
    func `lets pass`(_ expected: String, _ found: String) throws {
        #expect(try differences(expected, found) == [])
    }

    @Test(arguments: [
        (#"{"a": 1}"#, #"{"a": 1, "b": 2}"#, "json.b"), (#"{"a": 1}"#, "{}", "json.a"),
        (#"{"a": 1}"#, #"{"a": 1, "a": 1}"#, "json.a"), ("1.0", "1", "json"),
        (#""1""#, "1", "json"), ("[1]", "[1, 2]", "json[1]"), ("[1, 2]", "[1]", "json[1]"),
        (#"[{"a": "<uuid>"}]"#, #"[{"a": "A0000000"}]"#, "json[0].a"),
        (#""<token>""#, #""short""#, "json"), (#""<money>""#, #""1.5""#, "json"),
        (#""<text>""#, #""""#, "json"), (#""<text>""#, "1", "json"),
        (#""<number>.""#, #""1!""#, "json"), (#"[1, "..."]"#, "[]", "json[0]"),
    ])
    func `finds`(_ expected: String, _ found: String, _ path: String) throws {
        #expect(try differences(expected, found) == [path])
    }

    @Test(arguments: [
        #"{"response": {"status": 200}}"#, #"{"request": {}}"#,
        #"{"request": {}, "response": {"status": 200}, "gvien": []}"#,
        #"{"request": {}, "response": {"status": 200, "json": 1, "body": ""}}"#,
        #"{"request": {}, "response": {"status": "200"}}"#,
        #"{"request": {}, "response": {"status": 200}, "lacks": {"nothing": "…"}}"#,
        #"{"request": {}, "response": {"status": 200}, "after": [{"sql": "SELECT 1"}]}"#,
    ])
    func `refuses what is not a fixture`(_ text: String) throws {
        #expect(throws: RunnerError.self) { try Fixture(json: try JSON(parsing: text)) }
    }

    @Test func `a header that differs between hosts needs a placeholder`() {
        let one = FunctionAnswer(status: 200, headers: ["x-a": "1", "x-b": "1"], body: [])
        let other = FunctionAnswer(status: 200, headers: ["x-a": "2", "x-b": "1"], body: [])
        var expectation = Fixture.Expectation(status: 200, body: .none)
        #expect(expectation.disagreements(one, other).map(\.path) == ["headers.x-a"])
        expectation.headers = [("X-A", ["<number>"])]
        #expect(expectation.disagreements(one, other) == [])
    }
}

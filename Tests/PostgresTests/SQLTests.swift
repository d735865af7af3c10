import FunctionRuntime
import Testing

@testable import FunctionPostgres

@Suite struct SQLTests {
    @Test func `values stand beside the text, numbered in order`() {
        let sql: SQL = "SELECT \(1), \("two") WHERE \(true)"
        #expect(sql.description == "SELECT $1, $2 WHERE $3")
    }

    @Test func `nested fragments are numbered where they stand`() {
        let inner: SQL = "b = \(2) AND c = \(3)"
        let outer: SQL = "SELECT \(1) WHERE \(inner) AND \(SQL("d = \(4)"))"
        #expect(outer.description == "SELECT $1 WHERE b = $2 AND c = $3 AND d = $4")
    }

    @Test func `fragments are joined with what stands between them`() {
        let conditions: [SQL] = ["a = \(1)", "b = \(2)", "c"]
        #expect(conditions.joined(separator: " AND ").description == "a = $1 AND b = $2 AND c")
        #expect([SQL]().joined(separator: ", ").description.isEmpty)
    }

    @Test func `the description tells no value`() {
        let sql: SQL = "SELECT \("hunter2")"
        #expect(!sql.description.contains("hunter2"))
        let error = SQLError.usage("A problem.", sql)
        #expect(!String(reflecting: error).contains("hunter2"))
    }

    @Test(arguments: [
        ("plain", #""plain""#), (#"a"b"#, #""a""b""#),
        (#""; DROP TABLE x"#, #""""; DROP TABLE x""#),
        ("", #""""#),
    ])
    func `an identifier is quoted, and its quotes are doubled`(name: String, quoted: String) {
        let sql: SQL = "\(identifier: name)"
        #expect(sql.description == quoted)
    }

    @Test func `unsafe text is spliced`() {
        #expect(SQL("ORDER BY \(unsafe: "a DESC")").description == "ORDER BY a DESC")
    }

    @Test func `settings are one statement`() {
        let sql = SQL.settings(["app.user_id": 7, "app.role": "admin"])
        #expect(
            sql.description
                == "SELECT set_config($1, $2, true), set_config($3, $4, true)")
    }

    @Test(arguments: [
        (
            [Optional("a"), nil, "NULL", "", #"q"u\o"#, "{,}"],
            #"{"a",NULL,"NULL","","q\"u\\o","{,}"}"#
        ),
        ([], "{}"),
    ])
    func `an array is a literal with every element quoted`(array: [String?], literal: String) {
        var bytes: [UInt8] = []
        array.sqlValue.write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == literal)
    }

    @Test func `arrays nest`() {
        var bytes: [UInt8] = []
        [[1, 2], [3]].sqlValue.write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{{"1","2"},{"3"}}"#)
    }

    @Test func `an enumeration of strings binds its raw value`() {
        enum Side: String, SQLBindable { case buy, sell }
        #expect(Side.sell.sqlValue == .text("sell"))
        #expect(Side?.none.sqlValue == .null)
    }

    @Test func `a text with a zero character is a bad request`() {
        for sql: SQL in ["SELECT \("a\0b")", "SELECT \(identifier: "a\0b")", "SELECT \(["a\0"])"] {
            #expect(throws: Failure.self) { try BoundStatement(sql) }
        }
        #expect(throws: Never.self) { try BoundStatement("SELECT \([UInt8(0)])") }
    }

    @Test func `more values than the protocol counts are refused before anything is sent`() {
        let values = (0...65_535).map { "\($0)" as SQL }.joined(separator: ", ")
        #expect(throws: SQLError.self) { try BoundStatement("SELECT \(values)") }
    }
}

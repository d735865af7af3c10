import FunctionRuntime
import Testing

/// Bodies of `multipart/form-data`.
@Suite struct FormTests {
    private func form(
        _ body: String, type: String = "multipart/form-data; boundary=b"
    ) throws -> [FormPart] {
        try Request(
            method: "POST", path: "/", headers: ["content-type": type], body: Array(body.utf8)
        ).form()
    }

    private static let field = "Content-Disposition: form-data; name=\"a\"\r\n\r\n"

    @Test func `a field and a file come as they were sent`() throws {
        let parts = try form(
            """
            --b\r
            \(Self.field)one\r
            --b \t\r
            content-disposition:form-data; filename="a;b%22\\\\.csv";name=file\r
            Content-Type: Text/CSV; charset=utf-8\r
            X-Other: 1\r
            \r
            x\r
            --\r
            -b\n--b
            \r
            --b--\r
            the rest is not read
            """)
        #expect(
            parts == [
                FormPart(name: "a", body: Array("one".utf8)),
                FormPart(
                    name: "file", fileName: "a;b\"\\.csv", contentType: "text/csv",
                    body: Array("x\r\n--\r\n-b\n--b\n".utf8)),
            ])
    }

    @Test func `a part may be empty, and a form have none`() throws {
        #expect(try form("--b\r\n\(Self.field)\r\n--b--") == [FormPart(name: "a", body: [])])
        #expect(try form("--b--\r\n").isEmpty)
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=\"b c\"", "b c"),
        ("Multipart/Form-Data;charset=utf-8; BOUNDARY=b", "b"),
    ])
    func `the boundary is the media type's`(_ type: String, _ boundary: String) throws {
        let body = "--\(boundary)\r\n\(Self.field)one\r\n--\(boundary)--"
        #expect(try form(body, type: type).count == 1)
    }

    @Test(arguments: [
        "", "b", "--c\r\n", "--b", "--b\r\n", "--bx\r\n", "--b\n\(field)\r\n--b--",
        "--b\r\n\(field)one", "--b\r\n\(field)one\r\n--b", "--b\r\n\(field)one\r\n--bx",
        "--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b--", "--b\r\nno colon\r\n\r\n\r\n--b--",
        "--b\r\nContent-Disposition: form-data\r\n\r\none\r\n--b--",
        "--b\r\nX: \(String(repeating: "x", count: 9000))\r\n\(field)one\r\n--b--",
        String(repeating: "--b\r\n\(field)one\r\n", count: 101) + "--b--",
    ])
    func `refuses what is no whole form`(_ body: String) throws {
        let failure = #expect(throws: Failure.self) { try form(body) }
        #expect(failure?.status == 400)
    }

    @Test(arguments: [
        ("application/json", 415), ("", 415), ("multipart/mixed; boundary=b", 415),
        ("multipart/form-data", 400), ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=\(String(repeating: "b", count: 71))", 400),
    ])
    func `refuses another media type`(_ type: String, _ status: Int) throws {
        let failure = #expect(throws: Failure.self) { try form("--b--", type: type) }
        #expect(failure?.status == status)
    }
}

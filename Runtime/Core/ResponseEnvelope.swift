/// The response of stdin-JSON: one line.
///
/// | member | |
/// |---|---|
/// | `status` | |
/// | `headers` | a value is a string or, for several lines, an array |
/// | `body` or `base64` | text, or what is not UTF-8; left out where there is none |
/// | `failed` | the ids of the messages to be delivered again; left out where there are none |
/// | `error` | type and message of what was not meant for the caller |
enum ResponseEnvelope {
    static func line(of outcome: Outcome) -> [UInt8] {
        let response = outcome.response
        var writer = JSONWriter()
        let depth = writer.begin(UInt8(ascii: "{"), UInt8(ascii: "}"))
        writer.name("status", at: depth)
        writer.number(response.status)
        writer.name("headers", at: depth)
        write(response.headers, to: &writer)
        if !response.body.isEmpty { write(response.body, to: &writer, at: depth) }
        if !outcome.failed.isEmpty {
            writer.name("failed", at: depth)
            writer.write(.array(outcome.failed.map(JSON.string)))
        }
        if let error = outcome.error {
            writer.name("error", at: depth)
            writer.write([
                "type": .string("\(type(of: error))"), "message": .string("\(error)"),
            ])
        }
        writer.close(to: 0)
        writer.raw("\n")
        return writer.bytes
    }

    private static func write(_ body: [UInt8], to writer: inout JSONWriter, at depth: Int) {
        if (try? UTF8Span(validating: body.span)) != nil {
            writer.name("body", at: depth)
            body.withUnsafeBufferPointer { writer.string($0) }
        } else {
            writer.name("base64", at: depth)
            writer.string(Base64.encode(body))
        }
    }

    private static func write(_ headers: Headers, to writer: inout JSONWriter) {
        let depth = writer.begin(UInt8(ascii: "{"), UInt8(ascii: "}"))
        for (index, field) in headers.fields.enumerated()
        where !headers.fields[..<index].contains(where: { $0.name == field.name }) {
            let values = headers.all(field.name)
            writer.name(field.name, at: depth)
            writer.write(
                values.count == 1 ? .string(field.value) : .array(values.map(JSON.string)))
        }
        writer.close(to: depth - 1)
    }
}

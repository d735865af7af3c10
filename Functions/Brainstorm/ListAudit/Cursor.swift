import FunctionRuntime

/// Where the next part of a list begins: behind an entry.
///
/// It is for this list only, and opaque.
struct Cursor: Decodable {
    let id: Int

    init(id: Int) {
        self.id = id
    }

    var text: String { Base64.encode(Array("audit:\(id)".utf8), as: .url) }

    init(from decoder: any Decoder) throws {
        id = try decoder.constrained(Schema(type: "string"), placeholder: 0) { json in
            guard let bytes = json.text.flatMap({ Base64.decode($0, as: .url) }),
                let id = Int(String(decoding: bytes, as: UTF8.self).dropFirst(6)),
                json.text == Cursor(id: id).text
            else { throw Violation("Must be the nextCursor of an earlier answer.") }
            return id
        }
    }
}

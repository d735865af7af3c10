/// The identifier of an entity: a UUID (RFC 9562) that cannot be mistaken for another entity's.
///
/// It is written in lower case, and read in any.
public struct ID<Entity>: Hashable, Sendable, LosslessStringConvertible {
    public let description: String

    /// Reads the 36 characters of `8-4-4-4-12`; nil for anything else.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        for index in bytes.indices {
            switch (index, bytes[index]) {
            case (8, 0x2D), (13, 0x2D), (18, 0x2D), (23, 0x2D): continue
            case (8, _), (13, _), (18, _), (23, _): return nil
            case (_, 0x30...0x39), (_, 0x61...0x66): continue
            case (_, 0x41...0x46): bytes[index] += 0x20
            default: return nil
            }
        }
        description = String(decoding: bytes, as: UTF8.self)
    }

    private init(unchecked text: String) {
        description = text
    }
}

extension ID: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.constrained(
            Schema(type: "string", format: "uuid"),
            placeholder: ID(unchecked: "00000000-0000-0000-0000-000000000000")
        ) { value in
            guard let id = value.text.flatMap(ID.init) else {
                throw Violation("Must be a UUID.")
            }
            return id
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

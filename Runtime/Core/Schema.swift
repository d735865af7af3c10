/// What a value must look like, in the words of JSON Schema (draft 2020-12).
///
/// It is never written by hand for a struct: decoding the type once, with a decoder that hands
/// out placeholders, collects it. So the declaration of a field is the only place that names it.
public struct Schema: Sendable, Equatable {
    public var type: String?
    public var format: String?
    public var pattern: String?
    public var minimum: Int?
    public var maximum: Int?
    public var minLength: Int?
    public var maxLength: Int?
    public var values: [JSON] = []
    public var items: [Schema] = []
    public var properties: [Property] = []

    /// A member of an object.
    public struct Property: Sendable, Equatable {
        public var name: String
        public var schema: Schema
        public var isRequired: Bool
    }

    public init(
        type: String? = nil, format: String? = nil, pattern: String? = nil, minimum: Int? = nil,
        maximum: Int? = nil, minLength: Int? = nil, maxLength: Int? = nil
    ) {
        self.type = type
        self.format = format
        self.pattern = pattern
        self.minimum = minimum
        self.maximum = maximum
        self.minLength = minLength
        self.maxLength = maxLength
    }

    /// The schema of a type.
    ///
    /// - Throws: where the type cannot be decoded from placeholders; an enumeration must be
    ///   `CaseIterable`.
    public init(of type: any Decodable.Type) throws {
        let decoder = SchemaDecoder()
        _ = try decoder.decode(type)
        self = decoder.schema
    }

    /// The schema as a JSON Schema document.
    public var json: JSON {
        var members: [JSON.Member] = []
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append(.init(name, value)) }
        }
        add("type", type.map(JSON.string))
        add("format", format.map(JSON.string))
        add("pattern", pattern.map(JSON.string))
        add("minimum", minimum.map { .number(String($0)) })
        add("maximum", maximum.map { .number(String($0)) })
        add("minLength", minLength.map { .number(String($0)) })
        add("maxLength", maxLength.map { .number(String($0)) })
        add("enum", values.isEmpty ? nil : .array(values))
        add("items", items.first?.json)
        if type == "object" {
            add("properties", .object(properties.map { .init($0.name, $0.schema.json) }))
            let required = properties.filter(\.isRequired)
            add("required", required.isEmpty ? nil : .array(required.map { .string($0.name) }))
        }
        return .object(members)
    }
}

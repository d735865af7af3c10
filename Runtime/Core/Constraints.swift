/// Constraints as types. A field's type says what it accepts, once; from that come the check, the
/// entry in the answer when it fails, and the schema in `--describe`:
///
/// ```swift
/// struct Input: Decodable {
///     var title: Text<1, 200>
///     var quantity: Whole<1, 1_000_000>
///     var price: Amount<1, 9>?
/// }
/// ```
///
/// An enumeration of strings that is `CaseIterable` constrains to its cases.

/// Why a value is not accepted, as a sentence.
public struct Violation: Error, Sendable {
    public var message: String

    public init(_ message: String) {
        self.message = message
    }
}

extension Decoder {
    /// Decodes a type that has a constraint of its own.
    ///
    /// - Parameters:
    ///   - schema: what the type accepts.
    ///   - placeholder: any value of the type; it never reaches a handler.
    ///   - read: makes the value, or throws a ``Violation``.
    /// - Returns: the value, or the placeholder where a violation was noted.
    /// - Throws: the ``Violation``, where the decoder is none of the runtime's.
    public func constrained<Value>(
        _ schema: @autoclosure () -> Schema, placeholder: @autoclosure () -> Value,
        read: (JSON) throws -> Value
    ) throws -> Value {
        // Types are compared before anything is cast, as most of the time of a row goes to casts.
        if Self.self == ValueDecoder.self, let decoder = self as? ValueDecoder {
            do {
                return try read(decoder.value)
            } catch let violation as Violation {
                decoder.refuse(violation.message)
                return placeholder()
            }
        }
        if Self.self == SchemaDecoder.self, let decoder = self as? SchemaDecoder {
            decoder.schema = schema()
            return placeholder()
        }
        return try read(.string(try singleValueContainer().decode(String.self)))
    }
}

/// A string of `min` to `max` Unicode scalars, as JSON Schema counts them.
///
/// U+0000 is refused, because PostgreSQL cannot hold it.
public struct Text<let min: Int, let max: Int>: Sendable, Hashable, Codable {
    public let value: String

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", minLength: min, maxLength: max), placeholder: ""
        ) { json in
            guard let text = json.text else {
                throw Violation("Must be a string, not \(json.kind).")
            }
            let length = text.unicodeScalars.count
            guard (min...max).contains(length) else {
                throw Violation("Must have \(min) to \(max) characters; it has \(length).")
            }
            guard !text.utf8.contains(0) else {
                throw Violation("Must not contain the character U+0000.")
            }
            return text
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

/// A whole number from `min` to `max`, which have 32 bits (see ``Amount``).
public struct Whole<let min: Int, let max: Int>: Sendable, Hashable, Codable {
    public let value: Int

    public init(from decoder: any Decoder) throws {
        let lenient = (decoder as? ValueDecoder)?.report.lenient ?? true
        value = try decoder.constrained(
            Schema(type: "integer", minimum: min, maximum: max), placeholder: min
        ) { json in
            let text: String? =
                if case .number(let text) = json { text } else {
                    lenient ? json.text : nil
                }
            guard let number = text.flatMap({ Int($0) }), (min...max).contains(number) else {
                throw Violation("Must be a whole number from \(min) to \(max).")
            }
            return number
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

/// An amount of money from `min` hundredths up to the largest with `digits` digits before the
/// point: `Amount<1, 9>` is 0.01 to 999999999.99.
///
/// Digits, and not a bound, because Swift 6.3 keeps no more than 32 bits of an integer argument.
public struct Amount<let min: Int, let digits: Int>: Sendable, Hashable, Codable {
    public let value: Money

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", format: "decimal", pattern: #"^\d{1,\#(digits)}(\.\d{1,2})?$"#),
            placeholder: Money(units: 0)
        ) { json in
            let least = Money(units: Int64(min))
            let most = Money(units: (0..<digits).reduce(1) { power, _ in power * 10 } * 100 - 1)
            guard let money = json.scalarText.flatMap({ Money($0) }), money >= least, money <= most
            else {
                throw Violation("Must be an amount from \(least) to \(most), to the hundredth.")
            }
            return money
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

/// An e-mail address as HTML's `<input type=email>` accepts it, in lower case, at most 254 bytes
/// (RFC 5321 §4.5.3.1).
public struct Email: Sendable, Hashable, Codable {
    public let value: String

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", format: "email", maxLength: 254), placeholder: ""
        ) { json in
            guard let email = json.text.flatMap(Email.init) else {
                throw Violation("Must be an e-mail address, such as ada@example.com.")
            }
            return email.value
        }
    }

    /// Reads an address; nil for what is none.
    public init?(_ text: String) {
        // It is checked first: some letters beyond ASCII become ASCII in lower case.
        guard Self.accepts(text) else { return nil }
        value = text.lowercased()
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }

    private static func accepts(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].count) else {
            return false
        }
        let hyphen = UInt8(ascii: "-")
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts[0].allSatisfy { $0.isAlphanumeric || ".!#$%&'*+/=?^_`{|}~-".utf8.contains($0) }
            && labels.count > 1
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { $0.isAlphanumeric || $0 == hyphen }
            }
    }
}

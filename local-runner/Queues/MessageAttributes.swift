import Foundation
import FunctionCrypto
import FunctionRuntime

/// What a sender attaches to a message beside its body: typed values by name.
struct MessageAttributes: Sendable {
    struct Value: Sendable {
        /// `String`, `Number` or `Binary`, and perhaps a dot and a label.
        var type: String
        /// The text as it came, of a binary value its base64.
        var text: String
        /// The bytes of a binary value.
        var binary: [UInt8]?

        var bytes: [UInt8] { binary ?? Array(text.utf8) }
    }

    /// In the order of the names' UTF-8, in which they are hashed.
    private(set) var values: [(name: String, value: Value)]

    static let none = MessageAttributes(values: [])

    private init(values: [(name: String, value: Value)]) {
        self.values = values
    }

    var isEmpty: Bool { values.isEmpty }

    subscript(name: String) -> String? { values.first { $0.name == name }?.value.text }

    /// What they add to a message's size, in bytes.
    var size: Int {
        values.reduce(0) {
            $0 + $1.name.utf8.count + $1.value.type.utf8.count + $1.value.bytes.count
        }
    }

    /// The MD5 that SDKs check: of each name, type and value, each with its length before it.
    var checksum: String {
        var bytes: [UInt8] = []
        func append(_ part: [UInt8]) {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { bytes += $0 }
            bytes += part
        }
        for (name, value) in values {
            append(Array(name.utf8))
            append(Array(value.type.utf8))
            bytes.append(value.binary == nil ? 1 : 2)
            append(value.bytes)
        }
        return Hex.encode(Hash.md5.digest(of: bytes))
    }

    /// As the protocol writes them.
    var json: JSON {
        .object(
            values.map { name, value in
                let member = value.binary == nil ? "StringValue" : "BinaryValue"
                return .init(
                    name, [member: .string(value.text), "DataType": .string(value.type)])
            })
    }

    /// Those that a receiver has asked for: by name, by `prefix.*`, or with `All` every one.
    func filtered(by names: [String]) -> MessageAttributes {
        let isAll = names.contains { ["All", ".*", "*"].contains($0) }
        let prefixes = names.filter { $0.hasSuffix(".*") }.map { $0.dropLast(2) }
        var copy = self
        copy.values.removeAll { name, _ in
            !isAll && !names.contains(name) && !prefixes.contains { name.hasPrefix($0) }
        }
        return copy
    }

    /// Their texts by name, as a function gets them.
    var texts: [JSON.Member] { values.map { .init($0.name, .string($0.value.text)) } }
}

extension MessageAttributes {
    /// Reads the attributes of a message that is sent.
    ///
    /// - Throws: ``QueueError`` for whatever SQS does not take.
    init(_ members: [JSON.Member]) throws {
        guard members.count <= 10 else {
            throw QueueError.invalidParameter(
                """
                Number of message attributes [\(members.count)] exceeds the allowed maximum [10].
                """)
        }
        var values: [(name: String, value: Value)] = []
        for member in members {
            try Self.checkName(member.name)
            values.append((member.name, try Value(QueueInput(member.value), of: member.name)))
        }
        values.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.init(values: values)
    }

    /// Reads what has been checked and stored.
    init(stored text: String?) throws {
        guard let text, case .object(let members) = try JSON(parsing: text) else {
            self = .none
            return
        }
        try self.init(members)
    }

    private static func checkName(_ name: String) throws {
        func refuse(_ reason: String) -> QueueError { .invalidParameter(reason) }
        guard 1...256 ~= name.utf8.count else {
            throw refuse("Message (user) attribute names must be shorter than 256 Bytes")
        }
        guard name.utf8.allSatisfy({ QueueAddress.isWordByte($0) || $0 == UInt8(ascii: ".") })
        else {
            throw refuse(
                """
                The message (user) attribute name '\(name)' is invalid. Attribute name can contain \
                A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.
                """)
        }
        let lower = name.lowercased()
        guard !lower.hasPrefix("aws."), !lower.hasPrefix("amazon."), !name.hasPrefix("."),
            !name.hasSuffix("."), !name.contains("..")
        else {
            throw refuse(
                """
                You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These \
                strings are reserved for internal use. Additionally, they cannot start or end \
                with '.'.
                """)
        }
    }
}

extension MessageAttributes.Value {
    fileprivate init(_ input: QueueInput, of name: String) throws {
        guard let type = try input.text("DataType"), !type.isEmpty else {
            throw QueueError.invalidParameter(
                "The message (user) attribute '\(name)' must contain a data type.")
        }
        guard try input.array("StringListValues").isEmpty,
            try input.array("BinaryListValues").isEmpty
        else {
            throw QueueError.unsupported(
                "Message attribute list values in SendMessage operation are not supported.")
        }
        let kind = type.split(separator: ".", maxSplits: 1)[0]
        guard ["String", "Number", "Binary"].contains(kind), type.utf8.count <= 256 else {
            throw QueueError.invalidParameter(
                """
                The type of message (user) attribute '\(name)' is invalid. You must use only the \
                following supported type prefixes: Binary, Number, String.
                """)
        }
        let text = try input.text(kind == "Binary" ? "BinaryValue" : "StringValue") ?? ""
        guard !text.isEmpty else {
            throw QueueError.invalidParameter(
                """
                Message (user) attribute '\(name)' must contain a non-empty value of type \
                '\(kind)'.
                """)
        }
        self.init(type: type, text: text)
        try check(kind, of: name)
    }

    private mutating func check(_ kind: Substring, of name: String) throws {
        switch kind {
        case "Binary":
            guard let data = Data(base64Encoded: text) else {
                throw QueueError.malformed("The value of '\(name)' is not base64.")
            }
            binary = [UInt8](data)
        case "Number":
            guard Double(text)?.isFinite == true, !text.lowercased().contains("x") else {
                throw QueueError.invalidParameter(
                    "Can't cast the value of message (user) attribute '\(name)' to a number.")
            }
        default:
            guard MessageText.isValid(text) else { throw QueueError.invalidContents }
        }
    }
}

/// The characters that SQS carries: those of XML 1.0.
enum MessageText {
    static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.indices.allSatisfy { index in
                switch bytes[index] {
                case 0x09, 0x0A, 0x0D: true
                case ..<0x20: false
                // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
                case 0xBE, 0xBF: index < 2 || bytes[index - 1] != 0xBF || bytes[index - 2] != 0xEF
                default: true
                }
            }
        }
    }
}

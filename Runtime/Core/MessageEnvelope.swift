/// The messages of a batch in stdin-JSON.
///
/// | member | |
/// |---|---|
/// | `id`, `body` | required, texts |
/// | `attributes` | object of texts |
/// | `receiveCount` | how many times it has been received; 1 unless given |
/// | `sentAt` | epoch milliseconds; now unless given |
enum MessageEnvelope {
    static func read(_ parser: inout JSONParser) throws -> [Message] {
        guard case .array(let values) = try parser.value(), !values.isEmpty else {
            throw parser.error("\"messages\" must be an array of one message or more")
        }
        return try values.map { try message($0, parser) }
    }

    private static func message(_ value: JSON, _ parser: JSONParser) throws -> Message {
        guard case .object(let members) = value else {
            throw parser.error("a message must be an object")
        }
        var id: String?
        var body: String?
        var message = Message(id: "", body: "", receiveCount: 1, sentAt: Clock.now())
        for member in members {
            switch (member.name, member.value) {
            case ("id", .string(let text)): id = text
            case ("body", .string(let text)): body = text
            case ("receiveCount", .number(let text)):
                guard let count = Int(text), count > 0 else {
                    throw parser.error("\"receiveCount\" must be a whole number from 1")
                }
                message.receiveCount = count
            case ("sentAt", .number(let text)):
                guard let time = Timestamp.read(milliseconds: text) else {
                    throw parser.error("\"sentAt\" must be milliseconds since 1970")
                }
                message.sentAt = time
            case ("attributes", .object(let attributes)):
                for attribute in attributes {
                    message.attributes[attribute.name] = attribute.value.text
                }
            default: throw parser.error("a message has no such member \"\(member.name)\"")
            }
        }
        guard let id, let body else {
            throw parser.error("a message needs the texts \"id\" and \"body\"")
        }
        message.id = id
        message.body = body
        return message
    }
}

/// How queues are named: by name, URL and ARN.
enum QueueAddress {
    /// The account that everything emulated belongs to.
    static let account = "000000000000"
    static let region = "us-east-1"

    static func arn(of name: String) -> String { "arn:aws:sqs:\(region):\(account):\(name)" }

    /// The name in an ARN of this account; nil where it is another's, or none.
    static func name(inARN arn: String) -> String? {
        let prefix = self.arn(of: "")
        guard arn.hasPrefix(prefix) else { return nil }
        return String(arn.dropFirst(prefix.count))
    }

    /// The address of a queue, at the host and port that the client has asked: it reaches those.
    static func url(of name: String, host: String) -> String {
        "http://\(host)/\(account)/\(name)"
    }

    /// The name in a URL; the host does not matter.
    ///
    /// - Throws: ``QueueError`` where it is no queue's URL, or another account's.
    static func name(inURL url: String) throws -> String {
        let rest = url.split(separator: "//", maxSplits: 1).last ?? ""
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, url.contains("://"), let name = parts.last, isName(name) else {
            throw QueueError.invalidAddress(url)
        }
        guard parts[parts.count - 2] == account else { throw QueueError.queueDoesNotExist }
        return String(name)
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        1...80 ~= name.utf8.count && name.utf8.allSatisfy(isWordByte)
    }

    /// Whether a byte may stand in the name of a queue, or in the id of an entry of a batch.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

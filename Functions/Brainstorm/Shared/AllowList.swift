import FunctionCrypto
import FunctionRuntime

/// Who is let in: the addresses of `ALLOWED_CIDR`, ranges and single ones with commas between them, and
/// whoever has the key of the Safe Exam Browser.
///
/// A list that is empty or not there lets nobody in. A client whose address is not known, as on standard
/// input, is let in where everybody is: where both `0.0.0.0/0` and `::/0` are listed.
struct AllowList {
    private static let ranges = Variable("ALLOWED_CIDR")
    private static let examKey = Variable("SEB_ALLOWED_KEY")
    private static let trustedHops = Variable("TRUSTED_PROXY_HOPS")

    /// What it is read from.
    static var bindings: [any Binding] { [ranges, examKey, trustedHops] }

    private let ranges: [AddressRange]

    /// Reads a list.
    ///
    /// - Throws: ``SettingError`` where an entry is no address and no range, which it names.
    init(_ text: String) throws {
        ranges = try text.utf8.split(separator: UInt8(ascii: ",")).compactMap { entry in
            // White space around an entry is none of it; within, it would make one of two.
            let words = entry.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map {
                String(Substring($0))
            }
            guard let word = words.first else { return nil }
            guard words.count == 1, let range = AddressRange(word) else {
                let entry = words.joined(separator: " ")
                throw SettingError(
                    name: Self.ranges.name,
                    problem: "\"\(entry)\" is neither an address nor a range such as 192.0.2.0/24")
            }
            return range
        }
    }

    /// Whether a client is let in, by his address as he or a proxy writes it; nil where nobody knows it.
    func contains(_ client: String?) -> Bool {
        guard let address = client.flatMap(IPAddress.init(ofClient:)) else {
            return ranges.contains { $0.isWhole && $0.isIPv4 }
                && ranges.contains { $0.isWhole && !$0.isIPv4 }
        }
        return ranges.contains { $0.contains(address) }
    }

    /// Refuses a request of somebody who is not let in.
    ///
    /// The list is read whoever asks, so that a slip of the pen shows with the first request.
    ///
    /// - Throws: 403; ``SettingError`` where a setting is at fault.
    static func admit(_ request: Request) throws {
        let list = try AllowList(ranges.value ?? "")
        let client = try request.knownAddress(hops: trustedHops)
        guard !list.contains(client), !hasExamKey(request) else { return }
        if list.ranges.isEmpty {
            Log.warning("ALLOWED_CIDR is empty, so nobody is let in.")
        }
        throw Failure.forbidden("Access denied. Your IP address is not allowed.")
    }

    private static func hasExamKey(_ request: Request) -> Bool {
        guard let key = examKey.value, let given = request.headers["x-seb-key"] else {
            return false
        }
        return constantTimeEquals(given, key)
    }
}

/// A variable whose value cannot be what is meant.
struct SettingError: Error, CustomStringConvertible {
    var name: String
    var problem: String

    var description: String { "The variable \(name) is wrong: \(problem)." }
}

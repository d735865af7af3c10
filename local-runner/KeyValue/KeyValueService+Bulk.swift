import Foundation
import FunctionRuntime

extension KeyValueService {
    private static let pairLimit = 10_000
    private static let bodyLimit = 100 << 20
    private static let readLimit = 100

    /// PUT `/bulk`: pairs that Cloudflare does not take are named, and the others stored.
    func bulkPut(in namespace: String, _ request: ServiceRequest) async throws -> ServiceResponse {
        let body = try await json(request, limit: Self.bodyLimit)
        guard case .array(let pairs) = body else {
            throw KeyValueError.invalidRequest("The body must be an array of keys and values.")
        }
        try Self.checkCount(pairs.count)
        var entries: [(key: String, entry: Entry)] = []
        var unsuccessful: [String] = []
        for (index, pair) in pairs.enumerated() {
            guard let key = pair["key"]?.text, let value = pair["value"]?.text else {
                throw KeyValueError.invalidRequest(
                    "Pair \(index) must have a key and a value, both of them strings.")
            }
            if let entry = try? entry(of: pair, key: key, value: value), takes(key, namespace) {
                entries.append((key, entry))
            } else {
                unsuccessful.append(key)
            }
        }
        try store.put(entries, in: namespace)
        return Self.count(entries.count, unsuccessful)
    }

    private func entry(of pair: JSON, key: String, value: String) throws -> Entry {
        try KeyName.check(key)
        var entry = Entry(value: Data(value.utf8))
        switch pair["base64"] {
        case .bool(true):
            guard let bytes = Base64.decode(value) else {
                throw KeyValueError.malformedValue("malformed value: not base64")
            }
            entry.value = Data(bytes)
        case nil, .null, .bool(false): break
        default: throw KeyValueError.invalidRequest("base64 must be a boolean.")
        }
        entry.expiration = try Expiry.read(
            moment: Self.number(pair["expiration"]),
            timeToLive: Self.number(pair["expiration_ttl"]), now: now)
        if let metadata = pair["metadata"], metadata != .null {
            entry.metadata = String(decoding: metadata.bytes, as: UTF8.self)
        }
        try entry.check()
        return entry
    }

    private static func number(_ json: JSON?) throws(KeyValueError) -> String? {
        switch json {
        case nil, .null: nil
        case .number(let text): text
        default: throw .invalidRequest("An expiration must be a number.")
        }
    }

    /// DELETE `/bulk`, and POST `/bulk/delete`.
    func bulkDelete(
        in namespace: String, _ request: ServiceRequest
    ) async throws -> ServiceResponse {
        let keys = try Self.keys(of: try await json(request, limit: Self.bodyLimit))
        try Self.checkCount(keys.count)
        var successful: [String] = []
        var unsuccessful: [String] = []
        for key in keys {
            let isKey = (try? KeyName.check(key)) != nil
            if isKey, takes(key, namespace) {
                successful.append(key)
            } else {
                unsuccessful.append(key)
            }
        }
        try store.delete(successful, in: namespace)
        return Self.count(successful.count, unsuccessful)
    }

    private func takes(_ key: String, _ namespace: String) -> Bool {
        staleness?.takesWrite(key, in: namespace, at: clock.now) ?? true
    }

    private static func checkCount(_ count: Int) throws(KeyValueError) {
        guard (1...pairLimit).contains(count) else {
            throw .invalidRequest("A bulk request has from 1 to \(pairLimit) keys, not \(count).")
        }
    }

    private static func keys(of json: JSON?) throws(KeyValueError) -> [String] {
        guard case .array(let elements)? = json else {
            throw .invalidRequest("The keys must be an array.")
        }
        var keys: [String] = []
        for element in elements {
            guard let key = element.text else {
                throw .invalidRequest("The keys must be strings.")
            }
            keys.append(key)
        }
        return keys
    }

    private static func count(_ successful: Int, _ unsuccessful: [String]) -> ServiceResponse {
        .result([
            "successful_key_count": .number(String(successful)),
            "unsuccessful_keys": .array(unsuccessful.map(JSON.string)),
        ])
    }
}

extension KeyValueService {
    /// POST `/bulk/get`.
    func bulkGet(in namespace: String, _ request: ServiceRequest) async throws -> ServiceResponse {
        let body = try await json(request)
        let keys = try Self.keys(of: body["keys"])
        guard !keys.isEmpty else {
            throw KeyValueError.invalidRequest("You must request a minimum of 1 key")
        }
        guard keys.count <= Self.readLimit else {
            throw KeyValueError.invalidRequest(
                "You can request a maximum of \(Self.readLimit) keys")
        }
        for key in keys { try KeyName.check(key) }
        let isJSON = try Self.isJSON(body["type"])
        let withMetadata = try Self.flag(body["withMetadata"])
        var members: [JSON.Member] = []
        var size = 0
        for key in keys where !members.contains(where: { $0.name == key }) {
            let entry = try read(key, in: namespace)
            size += entry?.value.count ?? 0
            guard size <= Entry.valueLimit else {
                throw KeyValueError.tooLarge("Total size of request exceeds the limit of 25MB")
            }
            members.append(
                .init(
                    key,
                    try entry.map {
                        try Self.json(of: $0, isJSON: isJSON, withMetadata: withMetadata)
                    } ?? .null))
        }
        return .result(["values": .object(members)])
    }

    private static func json(
        of entry: Entry, isJSON: Bool, withMetadata: Bool
    ) throws -> JSON {
        var value = JSON.string(String(decoding: entry.value, as: UTF8.self))
        if isJSON {
            guard let json = try? JSON(parsing: Array(entry.value)) else {
                throw KeyValueError.invalidRequest(
                    "At least one of the requested keys corresponds to a non-json value")
            }
            value = json
        }
        guard withMetadata else { return value }
        var members: [JSON.Member] = [
            .init("value", value),
            .init("metadata", try entry.metadata.map { try JSON(parsing: $0) } ?? .null),
        ]
        if let expiration = entry.expiration {
            members.append(.init("expiration", .number(String(expiration))))
        }
        return .object(members)
    }

    private static func isJSON(_ type: JSON?) throws(KeyValueError) -> Bool {
        switch type {
        case nil, .null, .string("text"): return false
        case .string("json"): return true
        default:
            let found = type.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            throw .invalidRequest("\(found) is not a valid type. Use \"json\" or \"text\"")
        }
    }

    private static func flag(_ json: JSON?) throws(KeyValueError) -> Bool {
        switch json {
        case nil, .null, .bool(false): false
        case .bool(true): true
        default: throw .invalidRequest("withMetadata must be a boolean.")
        }
    }
}

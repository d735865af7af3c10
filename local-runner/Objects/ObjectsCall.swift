import FunctionCrypto
import FunctionRuntime
import NIOHTTP1

/// A request to S3 as it is understood: whose it is, and which bucket and object it is about.
struct ObjectsCall: Sendable {
    let request: ServiceRequest
    let query: URIQuery
    let signer: SignatureVerifier.Signer
    let address: ObjectAddress

    var method: String { request.method }
    var headers: HTTPHeaders { request.headers }

    /// A header's value, several in one line.
    func header(_ name: String) -> String? {
        let values = request.headers[name]
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    /// The bucket; operations on none do not ask for it.
    var bucket: String { address.bucket ?? "" }
    var key: String { address.key ?? "" }

    /// A parameter that must be a whole number from 0 on.
    func number(_ name: String, upTo limit: Int = Int(Int32.max)) throws -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text), (0...limit).contains(number) else {
            throw ObjectsError.invalidArgument(
                "Provided \(name) not an integer or within integer range", name, text)
        }
        return number
    }
}

/// The bucket and the object that a request names, by its path or by its host.
struct ObjectAddress: Sendable {
    var bucket: String?
    var key: String?

    static let keyLimit = 1024

    /// - Throws: ``ObjectsError`` where what is named cannot exist.
    init(_ head: ServiceHead) throws {
        guard let bytes = PercentEncoding.bytes(of: head.path.utf8),
            let path = String(validating: bytes, as: UTF8.self), path.utf8.first == 0x2F
        else { throw ObjectsError(400, "InvalidURI", "Couldn't parse the specified URI.") }
        try self.init(path: path.utf8.dropFirst(), bucket: head.virtualBucket.map(String.init))
    }

    /// Of the header `x-amz-copy-source`: a bucket and a key, with or without a slash before.
    init(copySource: String) throws {
        let parts = copySource.split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = PercentEncoding.bytes(of: parts[0].utf8),
            let path = String(validating: bytes, as: UTF8.self)
        else {
            throw ObjectsError.invalidArgument(
                "Invalid copy source encoding", "x-amz-copy-source", copySource)
        }
        if parts.count == 2, parts[1] != "versionId=null" {
            throw ObjectsError.notImplemented("The versionId of x-amz-copy-source")
        }
        let start = path.utf8.first == 0x2F ? path.utf8.dropFirst() : path.utf8[...]
        try self.init(path: start, bucket: nil)
        guard bucket != nil, key != nil else {
            throw ObjectsError.invalidArgument(
                "Invalid copy source object key", "x-amz-copy-source", copySource)
        }
    }

    private init(path: Substring.UTF8View, bucket: String?) throws {
        var rest = path
        if let bucket {
            self.bucket = bucket
        } else {
            let end = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
            let name = String(Substring(path[..<end]))
            self.bucket = name.isEmpty ? nil : name
            rest = path[end...].dropFirst()
        }
        if !rest.isEmpty { key = String(Substring(rest)) }
        guard let key, self.bucket != nil else { return }
        try Self.check(key: key)
    }

    /// Whether an object can have this key.
    static func check(key: String) throws {
        guard key.utf8.count <= keyLimit else {
            throw ObjectsError(
                400, "KeyTooLongError", "Your key is too long",
                [("Size", String(key.utf8.count)), ("MaxSizeAllowed", String(keyLimit))])
        }
        guard !key.utf8.contains(0) else {
            throw ObjectsError.invalidArgument("Object key must not hold U+0000.", "key", "")
        }
    }

    /// The path, decoded, as errors name it.
    var resource: String {
        "/" + [bucket, key].compactMap { $0 }.joined(separator: "/")
    }
}

import FunctionCrypto
import FunctionRuntime

/// Where a list of keys goes on, in a form that says nothing to a client.
///
/// It is bound to its namespace and prefix: with another one it is refused, as it would skip keys
/// there.
enum ListCursor {
    private static let sealLength = 12

    static func encode(after key: [UInt8], prefix: String, in namespace: String) -> String {
        Base64.encode(seal(key, prefix, namespace) + key, as: .url)
    }

    /// The key that it goes on behind; nil where it is not of this list.
    static func decode(_ cursor: String, prefix: String, in namespace: String) -> [UInt8]? {
        guard let bytes = Base64.decode(cursor, as: .url), bytes.count > sealLength else {
            return nil
        }
        let key = Array(bytes.dropFirst(sealLength))
        return seal(key, prefix, namespace) == Array(bytes.prefix(sealLength)) ? key : nil
    }

    private static func seal(_ key: [UInt8], _ prefix: String, _ namespace: String) -> [UInt8] {
        // Neither a namespace nor a prefix holds a zero.
        let bytes = Array("\(namespace)\0\(prefix)\0".utf8) + key
        return Array(Hash.sha256.digest(of: bytes).prefix(sealLength))
    }
}

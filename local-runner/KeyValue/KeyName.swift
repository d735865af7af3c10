/// What may name a value.
///
/// The documentation calls all printable characters valid; Cloudflare's own client writes spaces
/// and slashes too, so all are taken but U+0000.
enum KeyName {
    static let limit = 512

    /// Refuses what Cloudflare refuses.
    static func check(_ key: String) throws(KeyValueError) {
        if key.isEmpty { throw .illegalKey("Key names must not be empty") }
        if key == "." || key == ".." || key.utf8.contains(0) {
            throw .illegalKey("Illegal key name \"\(key)\". Please use a different name.")
        }
        try checkLength(key)
    }

    /// Refuses what is too long for a key, or for the start of one.
    static func checkLength(_ key: String) throws(KeyValueError) {
        let length = key.utf8.count
        guard length <= limit else {
            throw KeyValueError(
                414, 10_030,
                "UTF-8 encoded length of \(length) exceeds key length limit of \(limit).")
        }
    }
}

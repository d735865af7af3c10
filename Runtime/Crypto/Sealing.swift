import COpenSSL

/// A key that seals bytes, so that nobody without it reads them or changes them unseen: AES-256-GCM
/// (NIST SP 800-38D).
///
/// ```swift
/// let key = try SealingKey(from: secret, for: "brainstorm imports")
/// let sealed = try key.seal(rows, for: "import \(id)")
/// ```
///
/// What is sealed is 12 random bytes of nonce, the encrypted bytes, and 16 bytes of tag. Random
/// nonces are good for 2^32 seals of a key.
public struct SealingKey: Sendable {
    /// Why something cannot be opened.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        case tooShort
        /// It was sealed with another key or for something else, or it was changed.
        case notAuthentic

        public var description: String {
            switch self {
            case .tooShort: "What is to be opened is too short to have been sealed."
            case .notAuthentic:
                "It was sealed with another key or for something else, or it was changed."
            }
        }
    }

    static let nonceLength = 12
    static let tagLength = 16

    private let bytes: [UInt8]

    /// Derives a key from a secret, by HKDF with SHA-256 (RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: a text that nobody can guess, such as 32 random characters.
    ///   - purpose: what the key is for; for each it is another one.
    public init(from secret: String, for purpose: String) {
        bytes = HKDF.derive(
            32, from: Array(secret.utf8), salt: [], info: Array(purpose.utf8))
    }

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "A key of AES-256 has 32 bytes.")
        self.bytes = bytes
    }

    /// Seals bytes.
    ///
    /// - Parameters:
    ///   - content: what is to be hidden.
    ///   - context: what it belongs to; it is opened for the same only.
    /// - Returns: what may be kept where others look.
    /// - Throws: ``CryptoError``.
    public func seal(_ content: [UInt8], for context: String) throws -> [UInt8] {
        try seal(content, for: Array(context.utf8), nonce: Random.bytes(Self.nonceLength))
    }

    func seal(_ content: [UInt8], for context: [UInt8], nonce: [UInt8]) throws -> [UInt8] {
        let cipher = try GCM(key: bytes, nonce: nonce, encrypts: true)
        try cipher.authenticate(context)
        let hidden = try cipher.transform(content)
        _ = cipher.finish()
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        try cipher.control(EVP_CTRL_AEAD_GET_TAG, &tag)
        return nonce + hidden + tag
    }

    /// Opens what was sealed with this key for the same context.
    ///
    /// - Throws: ``Problem``, ``CryptoError``.
    public func open(_ sealed: [UInt8], for context: String) throws -> [UInt8] {
        try open(sealed, for: Array(context.utf8))
    }

    func open(_ sealed: [UInt8], for context: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= Self.nonceLength + Self.tagLength else { throw Problem.tooShort }
        let cipher = try GCM(
            key: bytes, nonce: Array(sealed.prefix(Self.nonceLength)), encrypts: false)
        var tag = Array(sealed.suffix(Self.tagLength))
        try cipher.control(EVP_CTRL_AEAD_SET_TAG, &tag)
        try cipher.authenticate(context)
        let content = try cipher.transform(
            Array(sealed.dropFirst(Self.nonceLength).dropLast(Self.tagLength)))
        guard cipher.finish() else {
            // Its reason is in OpenSSL's queue, where it is not to be found by the next to fail.
            ERR_clear_error()
            throw Problem.notAuthentic
        }
        return content
    }
}

/// One run of AES-256-GCM, by OpenSSL's `EVP` interface.
private final class GCM {
    private let context: OpaquePointer

    init(key: [UInt8], nonce: [UInt8], encrypts: Bool) throws {
        guard let context = EVP_CIPHER_CTX_new() else {
            throw CryptoError.last("EVP_CIPHER_CTX_new")
        }
        self.context = context
        guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, encrypts ? 1 : 0) == 1
        else { throw CryptoError.last("EVP_CipherInit_ex") }
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }

    func control(_ command: Int32, _ tag: inout [UInt8]) throws {
        guard EVP_CIPHER_CTX_ctrl(context, command, Int32(tag.count), &tag) == 1 else {
            throw CryptoError.last("EVP_CIPHER_CTX_ctrl")
        }
    }

    /// Takes what is not hidden, and must be the same when it is opened.
    func authenticate(_ bytes: [UInt8]) throws {
        var count: Int32 = 0
        guard EVP_CipherUpdate(context, nil, &count, bytes, Int32(bytes.count)) == 1 else {
            throw CryptoError.last("EVP_CipherUpdate")
        }
    }

    func transform(_ bytes: [UInt8]) throws -> [UInt8] {
        precondition(bytes.count <= Int32.max, "Sealed at once are up to 2^31 - 1 bytes.")
        return try [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, written in
            var count: Int32 = 0
            guard
                EVP_CipherUpdate(context, buffer.baseAddress, &count, bytes, Int32(bytes.count))
                    == 1
            else { throw CryptoError.last("EVP_CipherUpdate") }
            written = Int(count)
        }
    }

    /// Whether all is as it must be: in opening, whether the tag is right.
    func finish() -> Bool {
        var (rest, count): ([UInt8], Int32) = ([0], 0)
        return EVP_CipherFinal_ex(context, &rest, &count) == 1
    }
}

/// Keys derived from one secret, by HKDF (RFC 5869) with HMAC-SHA256.
enum HKDF {
    static func derive(
        _ count: Int, from secret: [UInt8], salt: [UInt8], info: [UInt8]
    ) -> [UInt8] {
        let hash = Hash.sha256
        let zeros = [UInt8](repeating: 0, count: hash.length)
        let key = hash.hmac(key: salt.isEmpty ? zeros : salt, message: secret)
        var (derived, block): ([UInt8], [UInt8]) = ([], [])
        for number in 1...UInt8((count + hash.length - 1) / hash.length) {
            block = hash.hmac(key: key, message: block + info + [number])
            derived += block
        }
        return Array(derived.prefix(count))
    }
}

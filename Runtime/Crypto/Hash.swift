import COpenSSL

/// A hash function, and HMAC with it, by OpenSSL.
///
/// SHA-256 does without the `EVP` interface: that one's first use looks up providers, algorithms and
/// the machine's `openssl.cnf`, 5.9 million instructions, a quarter of what a cold function executes
/// that looks up a session and answers. The code that hashes is the same.
///
/// ```swift
/// let checksum = Hex.encode(Hash.sha256.digest(of: body))
/// let signature = Hash.sha256.hmac(key: secret, message: body)
/// ```
public enum Hash: Sendable, CaseIterable {
    case sha256
    case sha512
    /// For protocols that prescribe it, such as the handshake of WebSocket. It is broken.
    case sha1
    /// For protocols that prescribe it, such as S3's `Content-MD5` and `ETag`. It is broken.
    case md5

    /// The length of a digest in bytes.
    public var length: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        case .sha1: 20
        case .md5: 16
        }
    }

    /// The digest of some bytes.
    public func digest(of bytes: [UInt8]) -> [UInt8] {
        if case .sha256 = self { return Self.sha256(bytes) }
        return made("EVP_Digest") { output in
            EVP_Digest(bytes, bytes.count, output, nil, algorithm, nil) == 1
        }
    }

    /// The digest of a text's UTF-8.
    public func digest(of text: String) -> [UInt8] {
        digest(of: Array(text.utf8))
    }

    /// The message's authentication code, RFC 2104.
    ///
    /// Compare it with ``constantTimeEquals(_:_:)-([UInt8],[UInt8])``.
    public func hmac(key: [UInt8], message: [UInt8]) -> [UInt8] {
        if case .sha256 = self { return Self.hmacOfSHA256(key: key, message: message) }
        return made("EVP_Q_mac") { output in
            // OpenSSL takes a null key for one set earlier; an empty one needs an address.
            (key.isEmpty ? [0] : key).withUnsafeBufferPointer { address in
                EVP_Q_mac(
                    nil, "HMAC", nil, name, nil, address.baseAddress, key.count, message,
                    message.count, output, length, nil) != nil
            }
        }
    }

    var algorithm: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        case .sha1: EVP_sha1()
        case .md5: EVP_md5()
        }
    }

    private var name: String {
        switch self {
        case .sha256: "SHA256"
        case .sha512: "SHA512"
        case .sha1: "SHA1"
        case .md5: "MD5"
        }
    }

    /// The digest of several pieces, one behind the other.
    private static func sha256(_ pieces: [UInt8]...) -> [UInt8] {
        var state = SHA256_CTX()
        SHA256_Init(&state)
        for piece in pieces { SHA256_Update(&state, piece, piece.count) }
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            SHA256_Final(buffer.baseAddress, &state)
            count = 32
        }
    }

    /// RFC 2104 §2, where a block has 64 bytes.
    private static func hmacOfSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
        var key = key.count > 64 ? sha256(key) : key
        key += repeatElement(0, count: 64 - key.count)
        return sha256(key.map { $0 ^ 0x5C }, sha256(key.map { $0 ^ 0x36 }, message))
    }

    /// Has OpenSSL write a digest.
    ///
    /// It refuses only where memory is out or the machine's policy forbids the algorithm. No caller
    /// can go on from that, and a digest that was not written must not be taken for one.
    private func made(
        _ operation: String, _ write: (UnsafeMutablePointer<UInt8>?) -> Bool
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            guard write(buffer.baseAddress) else {
                preconditionFailure("\(CryptoError.last("\(operation) with \(name)"))")
            }
            count = length
        }
    }
}

/// Whether two values are equal, in a time that does not tell where they differ.
///
/// Their lengths are no secret: a different length is told at once.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// Whether two texts have the same UTF-8, in a time that does not tell where they differ.
public func constantTimeEquals(_ left: String, _ right: String) -> Bool {
    constantTimeEquals(Array(left.utf8), Array(right.utf8))
}

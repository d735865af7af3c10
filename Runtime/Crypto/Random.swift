import COpenSSL
import FunctionRuntime

/// Bytes that nobody can guess, from OpenSSL's generator, which the kernel seeds.
///
/// There is no switch that makes it predictable, not even for tests: whoever could set it in
/// production could sign in as anyone. A test matches what is random by its form.
public enum Random {
    /// So many random bytes.
    ///
    /// - Throws: ``CryptoError`` where the generator has no entropy.
    public static func bytes(_ count: Int) throws -> [UInt8] {
        precondition((0...Int(Int32.max)).contains(count), "Random bytes are made up to 2^31 - 1.")
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            guard RAND_bytes(buffer.baseAddress, Int32(count)) == 1 else {
                throw CryptoError.last("RAND_bytes")
            }
            written = count
        }
    }
}

/// A secret that is handed to somebody once and recognized when it comes back: a session, an
/// invitation, the reset of a password.
///
/// Only its hash is stored, so that who reads the table cannot use what is in it. The token has 256
/// random bits, so the hash needs neither salt nor work.
public enum Token {
    /// A new token: 43 characters that are safe in a cookie and in a URL.
    public static func make() throws -> String {
        Base64.encode(try Random.bytes(32), as: .url)
    }

    /// What is stored of a token: its SHA-256 as 64 hexadecimal digits.
    public static func hash(_ token: String) -> String {
        Hex.encode(Hash.sha256.digest(of: token))
    }
}

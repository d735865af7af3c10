import FunctionCrypto
import FunctionRuntime

/// What PostgreSQL stores of a password: RFC 5803's form of SCRAM-SHA-256, made here and not by
/// the server.
///
/// The server would take 4096 rounds, which are there to slow down whoever tries likely passwords.
/// Ours have 256 random bits, nobody tries those; and a function that starts cold would pay for the
/// rounds on its first query. One round is what RFC 5802 allows at least.
///
/// A C program that connects and selects 1, from spawn to exit, against the same without any
/// password (tenth percentile of 200): password over the socket 1.02, MD5 1.17, SCRAM of 1 round
/// 1.31, SCRAM of 4096 rounds 1.64. So `pg_hba.conf` of the private cluster says `password`: the
/// socket never leaves this machine, and stands in a folder that only its user enters. The server
/// still stores no more than this verifier.
enum ScramVerifier {
    static func make(of password: String) throws -> String {
        make(of: password, salt: try Random.bytes(16))
    }

    /// RFC 5802 §3, with one round, where `Hi` is a single HMAC.
    ///
    /// Our passwords are ASCII, which
    /// SASLprep leaves as it is.
    static func make(of password: String, salt: [UInt8]) -> String {
        let sha256 = Hash.sha256
        let salted = sha256.hmac(key: Array(password.utf8), message: salt + [0, 0, 0, 1])
        let clientKey = sha256.hmac(key: salted, message: Array("Client Key".utf8))
        let serverKey = sha256.hmac(key: salted, message: Array("Server Key".utf8))
        let storedKey = sha256.digest(of: clientKey)
        return "SCRAM-SHA-256$1:\(Base64.encode(salt))"
            + "$\(Base64.encode(storedKey)):\(Base64.encode(serverKey))"
    }
}

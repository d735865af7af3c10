import FunctionCrypto
import FunctionRuntime

/// What whoever uses the emulated services must show, made once for a state folder.
///
/// They have the forms that the vendors' SDKs expect, and let nobody into anything but this runner.
struct Credentials: Sendable {
    /// An access key of AWS.
    let accessKeyID: String
    let secretAccessKey: String
    let cloudflareToken: String
    let cloudflareAccount: String
    let resendKey: String
    /// For the runner's own addresses below `/_/`.
    let adminToken: String
    private let realtimeSecret: String

    /// Reads them, and makes those that are missing.
    init(in state: StateFolder) throws {
        let passwords = Passwords(in: state)
        let key = try passwords.password(of: "aws-access-key-id")
        accessKeyID = "AKIA" + Hex.encode(Hash.sha256.digest(of: key)).uppercased().prefix(16)
        secretAccessKey = try passwords.password(of: "aws-secret-access-key")
        cloudflareToken = try passwords.password(of: "cloudflare-token")
        let account = try passwords.password(of: "cloudflare-account")
        cloudflareAccount = String(Hex.encode(Hash.sha256.digest(of: account)).prefix(32))
        resendKey = "re_" + (try passwords.password(of: "resend-key"))
        adminToken = try passwords.password(of: "admin-token")
        realtimeSecret = try passwords.password(of: "realtime-secret")
    }

    /// The key of an app's realtime.
    func realtimeKey(of app: String) -> RealtimeKey {
        RealtimeKey(of: app, secret: realtimeSecret)
    }
}

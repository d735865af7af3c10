import FunctionCrypto
import FunctionRuntime

/// The key that an app's functions share with the runner as a GRIP proxy.
///
/// The runner signs with it what it passes on (`Grip-Sig`), so that functions know that they can be
/// held, and functions sign with it what they publish. Another app's is another.
struct RealtimeKey: Sendable, Equatable {
    /// The app's name; the issuer of tokens.
    let app: String
    /// As `GRIP_URL` has it: letters and digits.
    let text: String

    /// - Parameters:
    ///   - app: the app's name.
    ///   - secret: the state folder's.
    init(of app: String, secret: String) {
        self.app = app
        text = Hex.encode(Hash.sha256.hmac(key: Array(secret.utf8), message: Array(app.utf8)))
    }

    private var bytes: [UInt8] { Array(text.utf8) }

    /// How long a token is valid, in seconds.
    static let validity: Int64 = 3600

    /// A token that is made at a time, in epoch milliseconds.
    func token(at time: Int64) -> String {
        let expiry = time / 1000 + Self.validity
        return JWT.sign(["iss": .string(app), "exp": .number(String(expiry))], key: bytes)
    }

    /// Checks a token of whoever wants to publish.
    ///
    /// - Throws: ``JWT/Problem``, also where the issuer is another.
    func check(_ token: String, at time: Int64) throws(JWT.Problem) {
        let claims = try JWT.verify(token, key: bytes, at: Timestamp(milliseconds: time))
        guard claims["exp"] != nil, claims["iss"]?.text == app else { throw .signature }
    }

    /// The path of the control endpoint of an app, with a slash at its end.
    var path: String { "/_/realtime/\(app)/" }

    /// What `GRIP_URL` is, as the gripcontrol libraries read it.
    func address(below base: String) -> String { "\(base)\(path)?iss=\(app)&key=\(text)" }
}

/// The runner's own signature of an app's requests, made anew every few minutes.
struct GripSignatures {
    private static let period: Int64 = 300_000

    private var tokens: [String: (text: String, time: Int64)] = [:]

    /// The signature of a request that was made at a time, in epoch milliseconds.
    mutating func token(of key: RealtimeKey, at time: Int64) -> String {
        if let token = tokens[key.app], (0..<Self.period).contains(time - token.time) {
            return token.text
        }
        let text = key.token(at: time)
        tokens[key.app] = (text, time)
        return text
    }
}

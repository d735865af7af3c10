internal import FunctionRuntime

/// Who asks AWS, or a service that speaks its protocols, and in which region.
public struct AWSAccount: Sendable {
    public var region: String
    public var accessKeyID: String
    public var secretAccessKey: Secret
    /// Goes with credentials that end, such as a role's.
    public var sessionToken: Secret?

    public init(
        region: String, accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil
    ) {
        self.region = region
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    /// What `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` say.
    static func fromEnvironment(for purpose: String) throws -> AWSAccount {
        AWSAccount(
            region: try Environment.require("AWS_REGION", for: purpose),
            accessKeyID: try Environment.require("AWS_ACCESS_KEY_ID", for: purpose),
            secretAccessKey: Secret(
                try Environment.require("AWS_SECRET_ACCESS_KEY", for: purpose)),
            sessionToken: Environment["AWS_SESSION_TOKEN"].map { Secret($0) })
    }
}

extension Environment {
    /// The name of a variable of one binding: `SQS_QUEUE_URL_` and `order-mails` give
    /// `SQS_QUEUE_URL_ORDER_MAILS`.
    static func name(_ prefix: String, of binding: String) -> String {
        let suffix = binding.uppercased().utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return prefix + String(decoding: suffix, as: UTF8.self)
    }

    /// A variable's value as the start of addresses, without a slash at its end.
    static func base(_ name: String) -> String? {
        self[name].map { value in
            var value = Substring(value)
            while value.hasSuffix("/") { value.removeLast() }
            return String(value)
        }
    }
}

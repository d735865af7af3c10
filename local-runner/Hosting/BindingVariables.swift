/// A variable that a binding reads, as `Runtime/README.md` names them.
struct BindingVariable: Sendable, Hashable {
    var name: String
    /// Whether its value must not be seen: a key, or an address that holds one.
    var isSecret = false
    /// Whether the binding does without: the vendor's own address is then meant.
    var isOptional = false
}

extension FunctionDescription.Binding {
    /// What it reads from the environment.
    var variables: [BindingVariable] {
        let suffix = EmulatedAddresses.variableName(name)
        switch kind {
        case "variable": return [.init(name: name, isSecret: Self.namesSecret(name))]
        case "database": return [.init(name: "DATABASE_URL", isSecret: true)]
        case "cache":
            return [
                .init(name: "REDIS_URL", isSecret: true),
                .init(name: "REDIS_KEY_PREFIX", isOptional: true),
            ]
        case "key-value":
            return [
                .init(name: "CLOUDFLARE_ACCOUNT_ID"),
                .init(name: "CLOUDFLARE_API_TOKEN", isSecret: true),
                .init(name: "KV_NAMESPACE_ID_\(suffix)"),
                .init(name: "CLOUDFLARE_BASE_URL", isOptional: true),
            ]
        case "objects":
            return [.init(name: "S3_BUCKET_\(suffix)")] + Self.account
                + [.init(name: "AWS_ENDPOINT_URL_S3", isOptional: true)]
        case "queue":
            return [.init(name: "SQS_QUEUE_URL_\(suffix)")] + Self.account
                + [.init(name: "AWS_ENDPOINT_URL_SQS", isOptional: true)]
        case "mail":
            return [
                .init(name: "RESEND_API_KEY", isSecret: true),
                .init(name: "RESEND_API_URL", isOptional: true),
            ]
        case "realtime": return [.init(name: "GRIP_URL", isSecret: true)]
        default: return []
        }
    }

    /// What every binding of AWS reads.
    private static let account: [BindingVariable] = [
        .init(name: "AWS_REGION"), .init(name: "AWS_ACCESS_KEY_ID"),
        .init(name: "AWS_SECRET_ACCESS_KEY", isSecret: true),
        .init(name: "AWS_SESSION_TOKEN", isSecret: true, isOptional: true),
    ]

    /// Whether a variable's name ends as that of a secret: `PASSWORD_RESET_LIMIT` is none.
    private static func namesSecret(_ name: String) -> Bool {
        let last = name.split(separator: "_").last ?? ""
        return ["SECRET", "TOKEN", "KEY", "PASSWORD"].contains(last)
    }
}

extension FunctionDescription {
    /// What the function reads from the environment, each once, in the order of its bindings.
    var variables: [BindingVariable] {
        var known: Set<String> = []
        return bindings.flatMap(\.variables).filter { known.insert($0.name).inserted }
    }
}

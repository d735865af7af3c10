import FunctionCrypto

/// Where the emulated services are, as the variables that vendors' SDKs and functions read.
struct EmulatedAddresses: Sendable {
    let port: Int
    let credentials: Credentials
    /// Where the Redis is; nil where there is none.
    var redis: RedisAddresses?

    /// An address by number: SDKs of AWS take a name for one that stands before a bucket's.
    var base: String { "http://127.0.0.1:\(port)" }

    /// Every SDK on this machine works with these.
    var variables: [(key: String, value: String)] {
        Array(vendors) + (redis.map { [("REDIS_URL", $0.adminURL)] } ?? [])
    }

    private var vendors: KeyValuePairs<String, String> {
        [
            "AWS_ACCESS_KEY_ID": credentials.accessKeyID,
            "AWS_SECRET_ACCESS_KEY": credentials.secretAccessKey,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": base,
            "AWS_ENDPOINT_URL_SQS": base,
            "AWS_ENDPOINT_URL_LAMBDA": base,
            "CLOUDFLARE_BASE_URL": base + "/client/v4",
            "CLOUDFLARE_ACCOUNT_ID": credentials.cloudflareAccount,
            "CLOUDFLARE_API_TOKEN": credentials.cloudflareToken,
            "RESEND_API_URL": base,
            "RESEND_API_KEY": credentials.resendKey,
        ]
    }

    /// What a function gets for a binding that it declares: the service's variables, and the one
    /// that says which bucket, queue or namespace is meant.
    func variables(for binding: FunctionDescription.Binding, of app: App) -> [String: String] {
        let name = Self.resourceName(binding.name, of: app)
        let suffix = Self.variableName(binding.name)
        switch binding.kind {
        case "key-value":
            return pick("CLOUDFLARE_") {
                $0["KV_NAMESPACE_ID_\(suffix)"] = Self.namespaceID(title: name)
            }
        case "objects":
            return pick("AWS_") {
                $0["AWS_ENDPOINT_URL_SQS"] = nil
                $0["S3_BUCKET_\(suffix)"] = name
            }
        case "queue":
            return pick("AWS_") {
                $0["AWS_ENDPOINT_URL_S3"] = nil
                $0["SQS_QUEUE_URL_\(suffix)"] = queueURL(name)
            }
        case "mail": return pick("RESEND_") { _ in }
        case "cache": return redis?.variables(of: app) ?? [:]
        case "realtime": return ["GRIP_URL": gripURL(of: app.name)]
        default: return [:]
        }
    }

    private func pick(
        _ prefix: String, _ change: (inout [String: String]) -> Void
    ) -> [String: String] {
        var picked: [String: String] = [:]
        for (name, value) in variables where name.hasPrefix(prefix) { picked[name] = value }
        // Functions that invoke others do not declare it.
        picked["AWS_ENDPOINT_URL_LAMBDA"] = nil
        change(&picked)
        return picked
    }

    /// The address of a queue, as functions and SDKs name it.
    func queueURL(_ name: String) -> String { "\(base)/000000000000/\(name)" }

    /// Where an app publishes, and the key that it shares with the runner as a proxy.
    func gripURL(of app: String) -> String {
        credentials.realtimeKey(of: app).address(below: base)
    }

    /// The name of an app's bucket, queue or namespace: `brainstorm-imports`.
    static func resourceName(_ binding: String, of app: App) -> String {
        "\(app.name)-\(binding)".lowercased()
    }

    /// The id of a namespace that the runner makes: the same wherever it is made.
    static func namespaceID(title: String) -> String {
        String(Hex.encode(Hash.sha256.digest(of: title)).prefix(32))
    }

    /// The last part of the name of a binding's variable: `LINK_ADDRESSES` of `link-addresses`.
    static func variableName(_ binding: String) -> String {
        String(binding.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}

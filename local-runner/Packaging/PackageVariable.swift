/// An environment variable that a function needs on its host.
struct PackageVariable: Sendable, Equatable {
    enum Need: Sendable {
        case required
        /// Without it the service is the vendor's own.
        case optional
    }

    var name: String
    /// What it is without being set: of `app.yaml`, or of the binding; nil where there is none.
    var value: String?
    /// Whether it must not be read by others, and stands in no package.
    var isSecret = false
    var need = Need.required
    /// A few words for whoever sets it.
    var purpose: String

    /// All that a function declares, and what its bindings read, sorted by name.
    static func all(of function: Catalog.Function, in app: App) -> [PackageVariable] {
        var variables: [String: PackageVariable] = [:]
        for binding in function.description.bindings {
            for variable in self.variables(of: binding, in: app) {
                variables[variable.name] = variable
            }
        }
        return variables.values.sorted { $0.name < $1.name }
    }

    /// What several functions need together.
    static func all(of functions: [Catalog.Function], in app: App) -> [PackageVariable] {
        let all = functions.flatMap { Self.all(of: $0, in: app) }
        return Dictionary(all.map { ($0.name, $0) }) { $1 }.values.sorted { $0.name < $1.name }
    }

    private static func variables(
        of binding: FunctionDescription.Binding, in app: App
    ) -> [PackageVariable] {
        let suffix = EmulatedAddresses.variableName(binding.name)
        let resource = EmulatedAddresses.resourceName(binding.name, of: app)
        switch binding.kind {
        case "variable": return [declared(binding.name, in: app)]
        case "database":
            return [
                secret("DATABASE_URL", "the database, as a role that cannot bypass row security")
            ]
        case "cache":
            return [
                secret("REDIS_URL", "the Redis, such as redis://user:password@host:6379"),
                PackageVariable(
                    name: "REDIS_KEY_PREFIX", value: "\(app.name.lowercased()):",
                    purpose: "stands before every key"),
            ]
        case "key-value": return cloudflare("KV_NAMESPACE_ID_\(suffix)")
        case "objects":
            return aws("S3", "S3_BUCKET_\(suffix)", resource, "the bucket \"\(binding.name)\"")
        case "queue":
            return aws(
                "SQS", "SQS_QUEUE_URL_\(suffix)", nil,
                "the address of the queue \"\(binding.name)\"")
        case "mail":
            return [
                secret("RESEND_API_KEY", "the key of Resend"),
                PackageVariable(
                    name: "RESEND_API_URL", need: .optional, purpose: "Resend, or what stands in"),
            ]
        case "realtime":
            return [secret("GRIP_URL", "the GRIP proxy: where to publish, and the shared key")]
        default: return []
        }
    }

    /// A variable of the app; a default that anybody can read is none for a secret.
    private static func declared(_ name: String, in app: App) -> PackageVariable {
        let value = app.file.variables[name]
        // By its last word: PASSWORD_RESET_LIMIT is none.
        let isSecret = ["SECRET", "KEY", "TOKEN", "PASSWORD"].contains(
            String(name.split(separator: "_").last ?? ""))
        return PackageVariable(
            name: name, value: isSecret && value != "" ? nil : value, isSecret: isSecret,
            need: value == "" ? .optional : .required,
            purpose: "a setting of \(app.name); its app.yaml says what it means")
    }

    private static func secret(_ name: String, _ purpose: String) -> PackageVariable {
        PackageVariable(name: name, isSecret: true, purpose: purpose)
    }

    private static func cloudflare(_ namespace: String) -> [PackageVariable] {
        [
            PackageVariable(name: "CLOUDFLARE_ACCOUNT_ID", purpose: "the account of Cloudflare"),
            secret("CLOUDFLARE_API_TOKEN", "who asks Cloudflare"),
            PackageVariable(
                name: "CLOUDFLARE_BASE_URL", need: .optional,
                purpose: "Cloudflare, or what stands in"),
            PackageVariable(name: namespace, purpose: "the id of the namespace"),
        ]
    }

    /// Of a service, and of what is meant there.
    private static func aws(
        _ service: String, _ name: String, _ value: String?, _ purpose: String
    ) -> [PackageVariable] {
        [
            PackageVariable(name: name, value: value, purpose: purpose),
            PackageVariable(name: "AWS_REGION", purpose: "the region of AWS"),
            secret("AWS_ACCESS_KEY_ID", "who asks AWS"),
            secret("AWS_SECRET_ACCESS_KEY", "who asks AWS"),
            PackageVariable(
                name: "AWS_ENDPOINT_URL_\(service)", need: .optional,
                purpose: "\(service), or what stands in"),
        ]
    }
}

extension PackageBundle {
    /// `etc/APP.env.example` of each app: every variable of its functions, to be filled in.
    func environmentExamples() -> [PackageFile] {
        parts.map { part in
            let lines = PackageVariable.all(of: part.functions, in: part.app).map { variable in
                let note = variable.need == .optional ? " (may be left empty)" : ""
                return """
                    # \(variable.purpose)\(note)
                    \(variable.name)=\(variable.value ?? "")

                    """
            }
            return PackageFile(
                path: "etc/\(part.app.name).env.example",
                content: .text(
                    """
                    # What \(part.app.name) needs. Copy this to \(part.app.name).env, readable to \
                    root alone,
                    # and fill it in. A value is all that follows the sign, to the end of the line.

                    \(lines.joined(separator: "\n"))
                    """))
        }
    }

    /// The path of an app's variables on the host.
    func environmentFile(of app: App) -> String { "\(prefix)/etc/\(app.name).env" }
}

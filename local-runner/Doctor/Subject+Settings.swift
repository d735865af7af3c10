/// What must be set: variables, addresses and keys.
extension Subject {
    var addressFindings: [Finding] {
        guard hasRoute, !host.tellsAddress else { return [] }
        let untold = Finding.differs(
            .address,
            "is told no peer's address; X-Forwarded-For is all that it knows of its client",
            do: "Let nobody reach it but through the gateway, which writes that field.")
        let hops = "TRUSTED_PROXY_HOPS"
        guard description.names(of: "variable").contains(hops),
            ["", "0"].contains(environment[hops] ?? app.file.variables[hops] ?? "")
        else { return [untold] }
        return [
            untold,
            .fails(
                .address,
                "is told no client's address but in X-Forwarded-For, in which \(hops) trusts nobody",
                do: "Set \(hops) to 1, or to more with more proxies in front."),
        ]
    }

    var settingsFindings: [Finding] {
        let unset = PackageVariable.all(of: function, in: app).filter { variable in
            variable.name.hasPrefix("AWS_") && variable.need == .required
                && !isGiven(variable.name)
                && (environment[variable.name] ?? "").isEmpty
        }
        let account = unset.isEmpty ? [] : [Self.isUnset(unset.map(\.name))]
        return account + otherSettingsFindings
    }

    private static func isUnset(_ names: [String]) -> Finding {
        .fails(
            .settings,
            "\(names.joined(separator: ", ")) \(names.count == 1 ? "is" : "are") not set",
            do: "Set \(names.count == 1 ? "it" : "them") where the function runs.")
    }

    /// All but the account of AWS, whose variables belong together.
    private var otherSettingsFindings: [Finding] {
        PackageVariable.all(of: function, in: app).filter { !$0.name.hasPrefix("AWS_") }.compactMap
        { variable in
            if let value = environment[variable.name], !value.isEmpty { return nil }
            guard variable.need == .required, !isGiven(variable.name) else { return nil }
            let isOfApp = description.names(of: "variable").contains(variable.name)
            guard !isOfApp else { return findings(ofDefault: variable) }
            // What has a value without being set is written into packages.
            guard variable.value == nil else { return nil }
            guard variable.name != "REDIS_URL" else {
                return .differs(
                    .settings, "\(variable.name) is not set, so each process keeps its own cache",
                    do: "Set it where the function runs.")
            }
            return Self.isUnset([variable.name])
        }
    }

    /// What the host or the package sets itself.
    private func isGiven(_ variable: String) -> Bool {
        guard host.target == .lambda else { return false }
        return ["AWS_", "S3_BUCKET_", "SQS_QUEUE_URL_"].contains(where: variable.hasPrefix)
    }

    /// A variable of the app's that has nothing but the default of `app.yaml`.
    private func findings(ofDefault variable: PackageVariable) -> Finding? {
        let name = variable.name
        guard let value = app.file.variables[name] else {
            return .fails(
                .settings, "\(name) is not set, and app.yaml has no default for it",
                do: "Set it where the function runs.")
        }
        if variable.isSecret, !value.isEmpty {
            return .fails(
                .settings, "\(name) has the value of app.yaml, which everybody knows",
                do: "Set a secret one.")
        }
        return Self.placeholder(in: value).map { place in
            .fails(
                .settings, "\(name) has the default \"\(value)\", and \(place) is nobody's address",
                do: "Set what is meant.")
        }
    }

    /// A name in a value that leads nowhere, or to whoever asks (RFC 6761 §6.3, RFC 2606 §3).
    static func placeholder(in value: String) -> String? {
        ["localhost", "127.0.0.1", "example.com", "example.org", "example.net"]
            .first { value.contains($0) }
    }
}

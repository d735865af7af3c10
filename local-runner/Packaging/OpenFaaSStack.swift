import FunctionRuntime

/// The stack file of `faas-cli` (docs.openfaas.com/reference/yaml).
///
/// A function's variables are in its `environment`, those without a default as `${NAME:-}`, which
/// `faas-cli` fills in from its own environment; secrets are named and are made with `faas-cli secret
/// create`. Those that run by the clock have the annotations of the cron-connector
/// (docs.openfaas.com/reference/cron).
struct OpenFaaSStack {
    let bundle: PackageBundle
    let libraries: SharedLibraries

    var text: String {
        get throws {
            let functions = try bundle.parts.flatMap { part in
                try part.functions.map { function in
                    JSON.Member(
                        OpenFaaSTarget.name(of: function, in: part.app),
                        try member(of: function, in: part))
                }
            }
            let document: JSON = [
                "version": .string("1.0"),
                "provider": ["name": "openfaas", "gateway": "http://127.0.0.1:8080"],
                "functions": .object(functions),
            ]
            return
                "# Written by local-runner package --target openfaas; README.md says how to deploy it.\n"
                + YAMLText.of(document)
        }
    }

    private func member(
        of function: Catalog.Function, in part: PackageBundle.Part
    ) throws -> JSON {
        let name = OpenFaaSTarget.name(of: function, in: part.app)
        var members: [JSON.Member] = [
            .init("lang", "apus"), .init("handler", .string("./functions/\(name)")),
            .init("image", .string("${REGISTRY:-registry.example.com}/\(name):${TAG:-latest}")),
        ]
        let packages = try libraries.packages(of: [function.executable])
        if !packages.isEmpty {
            let list = packages.joined(separator: " ")
            members.append(.init("build_args", ["PACKAGES": .string(list)]))
        }
        let environment = Self.environment(of: function, in: part)
        if !environment.isEmpty { members.append(.init("environment", .object(environment))) }
        let secrets = Self.secrets(of: function, in: part.app)
        if !secrets.isEmpty {
            let names = secrets.map { JSON.string(Self.secret($0, of: part.app)) }
            members.append(.init("secrets", .array(names)))
        }
        if let expression = try function.expression(in: part.app) {
            members.append(
                .init(
                    "annotations",
                    ["topic": "cron-function", "schedule": .string(try expression.crontab)]))
        }
        return .object(members)
    }

    private static func environment(
        of function: Catalog.Function, in part: PackageBundle.Part
    ) -> [JSON.Member] {
        var members = PackageVariable.all(of: function, in: part.app).filter { !$0.isSecret }
            .map { variable -> JSON.Member in
                let value = part.defaultValue(of: variable) ?? "${\(variable.name):-}"
                return .init(variable.name, .string(value))
            }
        if case .route = function.description.trigger {
            // Without it the watchdog calls every answer application/octet-stream.
            let types = RecordedAnswers.above(part.app).of(function.name, in: part.app).mediaTypes
            let type = types.count == 1 ? types.first : nil
            members.append(.init("content_type", .string(type ?? "application/json")))
        }
        return members
    }

    /// The variables of a function that are secrets.
    private static func secrets(of function: Catalog.Function, in app: App) -> [PackageVariable] {
        PackageVariable.all(of: function, in: app).filter(\.isSecret)
    }

    /// The name of a secret in the cluster: `brainstorm-database-url`.
    static func secret(_ variable: PackageVariable, of app: App) -> String {
        let name = variable.name.lowercased().map { $0 == "_" ? "-" : $0 }
        return "\(app.name.lowercased())-" + String(name)
    }

    /// What whoever deploys must know.
    var readMe: String {
        let secrets = bundle.parts.flatMap { part in
            PackageVariable.all(of: part.functions, in: part.app).filter(\.isSecret)
                .map { Self.secret($0, of: part.app) }
        }
        let routes = bundle.functions.flatMap { app, function in
            function.description.paths.map { path in
                """
                | `\(function.description.method) \(path)` | \
                `/function/\(OpenFaaSTarget.name(of: function, in: app))\(path)` |
                """
            }
        }
        return """
            # \(bundle.parts.map(\.app.name).joined(separator: ", ")) for OpenFaaS

                for name in \(secrets.joined(separator: " ")); do
                    faas-cli secret create "$name" --from-file "secrets/$name"
                done
                REGISTRY=registry.example.com/apus TAG=1 faas-cli up --file stack.yml

            A secret that is not used is an empty file. Variables that `stack.yml` has as `${NAME:-}` are those of the shell. Functions that
            run by the clock need the cron-connector. `schema/` has the databases' migrations; apply them in order, as an owner who
            is not whom functions connect as.

            The gateway has functions at addresses of their own; a web server in front can lead the app's paths there. Status and header fields of
            answers are not passed on, but for 500: `local-runner doctor --target openfaas` lists what that means.

            | route | at the gateway |
            |---|---|
            \(routes.joined(separator: "\n"))

            """
    }
}

import FunctionRuntime

/// The template of AWS SAM, which `sam deploy` turns into a stack of CloudFormation.
///
/// An app has one HTTP API, with a route for each path, alias and method; what answers GET answers
/// HEAD. Its variables are parameters: secrets and addresses without a default, and not shown
/// (`NoEcho`); others with the default of `app.yaml`. A function gets those that it declares.
struct LambdaTemplate {
    let bundle: PackageBundle
    /// The names of the functions that load libraries.
    let dynamic: Set<String>

    /// What CloudFormation takes of a template
    /// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
    static let limits = (resources: 500, parameters: 200)

    /// How many routes an HTTP API has at most, unless AWS grants more
    /// (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
    static let routeLimit = 300

    #if arch(arm64)
    static let architecture = "arm64"
    #else
    static let architecture = "x86_64"
    #endif

    /// In MB; processors come with it, and passwords want both (Argon2).
    private static let memory = "256"

    var text: String {
        "# Written by local-runner package --target lambda; README.md says how to deploy it.\n"
            + YAMLText.of(document)
    }

    private var document: JSON {
        [
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": "AWS::Serverless-2016-10-31",
            "Description": .string(bundle.parts.map(\.app.name).joined(separator: ", ")),
            "Parameters": .object(parameters),
            "Globals": [
                "Function": [
                    "Runtime": "provided.al2023", "Handler": "bootstrap",
                    "Architectures": [.string(Self.architecture)],
                    "MemorySize": .number(Self.memory),
                    "Timeout": .number(String(HostTraits.seconds)),
                ]
            ],
            "Resources": .object(resources), "Outputs": .object(outputs),
        ]
    }

    // MARK: - Parameters

    private var parameters: [JSON.Member] {
        bundle.parts.flatMap { part in
            part.settings.map { variable in
                var members: [JSON.Member] = [
                    .init("Type", "String"),
                    .init("Description", .string("\(variable.name): \(variable.purpose)")),
                ]
                if variable.isSecret { members.append(.init("NoEcho", true)) }
                if let value = part.defaultValue(of: variable) {
                    members.append(.init("Default", .string(value)))
                }
                return .init(part.parameter(of: variable.name), .object(members))
            }
        }
    }

    // MARK: - Resources

    private var resources: [JSON.Member] {
        (dynamic.isEmpty ? [] : [libraries])
            + bundle.parts.flatMap { part in
                part.api + part.stores + part.roles
                    + part.functions.map { function in
                        let name = LambdaName.of(function, in: part.app)
                        return part.resource(of: function, isDynamic: dynamic.contains(name))
                    }
            }
    }

    private var libraries: JSON.Member {
        .init(
            "Libraries",
            [
                "Type": "AWS::Serverless::LayerVersion",
                "Properties": [
                    "Description":
                        "The loader, the libraries and the certificates of all functions",
                    "ContentUri": "layer.zip", "CompatibleRuntimes": ["provided.al2023"],
                    "CompatibleArchitectures": [.string(Self.architecture)],
                    "RetentionPolicy": "Delete",
                ],
            ])
    }

    private var outputs: [JSON.Member] {
        bundle.parts.flatMap { part -> [JSON.Member] in
            let queues = part.queues.map { queue -> JSON.Member in
                let id = part.id(of: queue, kind: "Queue")
                return .init(id, ["Value": ["Ref": .string(id)]])
            }
            guard part.hasRoutes else { return queues }
            let url = """
                https://${\(part.apiID)}.execute-api.${AWS::Region}.${AWS::URLSuffix}
                """
            return [.init("\(part.app.name)Url", ["Value": ["Fn::Sub": .string(url)]])] + queues
        }
    }

    // MARK: - Limits

    /// How many resources the template has once SAM has taken it apart.
    ///
    /// A function is one, with one more for each route (a permission), two for each schedule (a rule
    /// and its permission), one so that a schedule is not repeated, and one for a queue's mapping; an
    /// API is two, with its stage.
    var resourceCount: Int {
        let perPart = bundle.parts.map { part in
            part.functions.reduce(0) { $0 + 1 + part.eventCount(of: $1) }
                + (part.hasRoutes ? 2 : 0) + part.stores.count + part.roles.count
        }
        return perPart.reduce(dynamic.isEmpty ? 0 : 1, +)
    }

    /// - Throws: ``RunnerError`` where CloudFormation or API Gateway would refuse it.
    func check() throws {
        for part in bundle.parts where part.routeCount > Self.routeLimit {
            throw RunnerError(
                """
                \(part.app.name) has \(part.routeCount) routes, and an HTTP API \
                \(Self.routeLimit); package it in parts, by naming functions.
                """)
        }
        guard resourceCount <= Self.limits.resources, parameters.count <= Self.limits.parameters
        else {
            throw RunnerError(
                """
                The template has \(resourceCount) resources and \(parameters.count) parameters; \
                CloudFormation takes \(Self.limits.resources) and \(Self.limits.parameters). \
                Package fewer functions at a time: an app by its name, or some of its functions.
                """)
        }
    }
}

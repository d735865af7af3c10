import FunctionRuntime

/// A function, and what calls it.
extension PackageBundle.Part {
    var apiID: String { "\(app.name)Api" }

    var hasRoutes: Bool { functions.contains { !$0.description.paths.isEmpty } }

    var routeCount: Int {
        functions.reduce(0) { $0 + Self.methods(of: $1).count * $1.description.paths.count }
    }

    var api: [JSON.Member] {
        guard hasRoutes else { return [] }
        return [
            .init(
                apiID,
                [
                    "Type": "AWS::Serverless::HttpApi",
                    "Properties": ["Name": .string(app.name), "FailOnWarnings": true],
                ])
        ]
    }

    /// The methods of its route; of what has none, none.
    ///
    /// What answers GET answers HEAD (RFC 9110 §9.3.2); the events of WebSockets come as POST.
    static func methods(of function: Catalog.Function) -> [String] {
        let description = function.description
        return switch description.method {
        case "": []
        case "GET": ["GET", description.isWebSocket ? "POST" : "HEAD"]
        case let method: [method]
        }
    }

    /// How many resources its events become.
    func eventCount(of function: Catalog.Function) -> Int {
        switch function.description.trigger {
        case .route: Self.methods(of: function).count * function.description.paths.count
        case .schedule: schedules(of: function).count * 2 + 1
        case .queue: 1
        }
    }

    func resource(of function: Catalog.Function, isDynamic: Bool) -> JSON.Member {
        let name = LambdaName.of(function, in: app)
        var properties: [JSON.Member] = [
            .init("FunctionName", .string(name)),
            .init("CodeUri", .string("functions/\(name).zip")),
            .init("Role", ["Fn::GetAtt": [.string(role(of: function).id), "Arn"]]),
        ]
        let summary = function.description.summary
        if !summary.isEmpty {
            // Lambda takes 256 characters.
            properties.insert(.init("Description", .string(String(summary.prefix(256)))), at: 1)
        }
        if isDynamic { properties.append(.init("Layers", [["Ref": "Libraries"]])) }
        let environment = environment(of: function, isDynamic: isDynamic)
        if !environment.isEmpty {
            properties.append(.init("Environment", ["Variables": .object(environment)]))
        }
        properties.append(.init("Events", .object(events(of: function))))
        if case .schedule = function.description.trigger {
            // A run that fails is not repeated, as here.
            properties.append(.init("EventInvokeConfig", ["MaximumRetryAttempts": 0]))
        }
        return .init(
            app.name + function.name,
            ["Type": "AWS::Serverless::Function", "Properties": .object(properties)])
    }

    private func environment(of function: Catalog.Function, isDynamic: Bool) -> [JSON.Member] {
        var members = PackageVariable.all(of: function, in: app).compactMap {
            variable -> JSON.Member? in
            value(of: variable).map { .init(variable.name, $0) }
        }
        if isDynamic {
            // Lambda's own path has /lib64 before /opt/lib, and with it another C library.
            members.append(.init("LD_LIBRARY_PATH", .string(LambdaTarget.libraries)))
            members.append(.init("SSL_CERT_FILE", .string(LambdaTarget.certificates)))
        }
        return members
    }

    // MARK: - Events

    private func events(of function: Catalog.Function) -> [JSON.Member] {
        switch function.description.trigger {
        case .route: routes(of: function)
        case .schedule:
            schedules(of: function).enumerated().map { index, expression in
                .init(
                    "Schedule\(index + 1)",
                    ["Type": "Schedule", "Properties": ["Schedule": .string(expression)]])
            }
        case .queue(let queue):
            [
                .init(
                    "Queue",
                    [
                        "Type": "SQS",
                        "Properties": [
                            "Queue": [
                                "Fn::GetAtt": [.string(id(of: queue.name, kind: "Queue")), "Arn"]
                            ],
                            "BatchSize": .number(String(queue.batchSize)),
                            "FunctionResponseTypes": ["ReportBatchItemFailures"],
                        ],
                    ])
            ]
        }
    }

    private func routes(of function: Catalog.Function) -> [JSON.Member] {
        function.description.paths.enumerated().flatMap { index, path in
            Self.methods(of: function).map { method in
                .init(
                    "\(Self.capitalized([Substring(method)]))\(index == 0 ? "" : String(index + 1))",
                    [
                        "Type": "HttpApi",
                        "Properties": [
                            "ApiId": ["Ref": .string(apiID)], "Method": .string(method),
                            "Path": .string(path), "PayloadFormatVersion": "2.0",
                            "TimeoutInMillis": .number(String(HostTraits.seconds * 1000)),
                        ],
                    ])
            }
        }
    }

    /// In the words of EventBridge; a schedule that cannot be said was refused before.
    private func schedules(of function: Catalog.Function) -> [String] {
        (try? function.expression(in: app)?.eventBridge()) ?? []
    }
}

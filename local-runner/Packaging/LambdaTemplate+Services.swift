import FunctionRuntime

/// Queues, buckets, who may do what with them, and settings.
extension PackageBundle.Part {
    /// The names of the queues that its functions send to or are run by, sorted.
    var queues: [String] {
        let sent = functions.flatMap { $0.description.names(of: "queue") }
        let taken = functions.compactMap { function -> String? in
            if case .queue(let queue) = function.description.trigger { queue.name } else { nil }
        }
        return Set(sent + taken).sorted()
    }

    private var buckets: [String] {
        Set(functions.flatMap { $0.description.names(of: "objects") }).sorted()
    }

    /// The id of a queue or a bucket: `BrainstormQueueMails`.
    func id(of binding: String, kind: String) -> String {
        app.name + kind + Self.capitalized(binding.split { !$0.isLetter && !$0.isNumber })
    }

    static func capitalized(_ words: [Substring]) -> String {
        words.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined()
    }

    // MARK: - Queues and buckets

    var stores: [JSON.Member] {
        queues.flatMap(queue) + buckets.map(bucket)
    }

    /// Dead letters stay for 14 days.
    private func queue(_ name: String) -> [JSON.Member] {
        let id = id(of: name, kind: "Queue")
        var properties: [JSON.Member] = [
            .init("VisibilityTimeout", .number(String(HostTraits.visibilitySeconds)))
        ]
        var dead: [JSON.Member] = []
        for case .queue(let queue) in functions.map(\.description.trigger) where queue.name == name
        {
            properties.append(
                .init(
                    "RedrivePolicy",
                    [
                        "deadLetterTargetArn": ["Fn::GetAtt": [.string("\(id)Dead"), "Arn"]],
                        "maxReceiveCount": .number(String(queue.maxReceives)),
                    ]))
            dead.append(
                Self.kept(
                    "\(id)Dead", "AWS::SQS::Queue", [.init("MessageRetentionPeriod", 1_209_600)]))
        }
        return [Self.kept(id, "AWS::SQS::Queue", properties)] + dead
    }

    private func bucket(_ name: String) -> JSON.Member {
        Self.kept(
            id(of: name, kind: "Bucket"), "AWS::S3::Bucket",
            [
                .init(
                    "PublicAccessBlockConfiguration",
                    [
                        "BlockPublicAcls": true, "BlockPublicPolicy": true,
                        "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
                    ])
            ])
    }

    /// A resource that outlives its stack, as it holds data.
    private static func kept(_ id: String, _ type: String, _ properties: [JSON.Member])
        -> JSON.Member
    {
        .init(
            id,
            [
                "Type": .string(type), "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain",
                "Properties": .object(properties),
            ])
    }

    // MARK: - Roles

    /// What a function may do: functions that may do the same share a role.
    struct Role: Hashable {
        var id: String
        var sends: [String]
        var takes: String?
        var stores: [String]
    }

    func role(of function: Catalog.Function) -> Role {
        let sends = Set(function.description.names(of: "queue")).sorted()
        let stores = Set(function.description.names(of: "objects")).sorted()
        var takes: String?
        if case .queue(let queue) = function.description.trigger { takes = queue.name }
        let words =
            (takes.map { ["takes", $0] } ?? []) + sends.flatMap { ["sends", $0] }
            + stores.flatMap { ["stores", $0] }
        return Role(
            id: id(of: words.joined(separator: "-"), kind: "Role"), sends: sends, takes: takes,
            stores: stores)
    }

    var roles: [JSON.Member] {
        Set(functions.map(role)).sorted { $0.id < $1.id }.map { role in
            var properties: [JSON.Member] = [
                .init(
                    "AssumeRolePolicyDocument",
                    Self.policy([
                        [
                            "Effect": "Allow", "Action": "sts:AssumeRole",
                            "Principal": ["Service": "lambda.amazonaws.com"],
                        ]
                    ])),
                .init(
                    "ManagedPolicyArns",
                    [
                        [
                            "Fn::Sub": """
                            arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
                            """
                        ]
                    ]),
            ]
            let statements = statements(of: role)
            if !statements.isEmpty {
                let policy: JSON = [
                    "PolicyName": "Bindings", "PolicyDocument": Self.policy(statements),
                ]
                properties.append(.init("Policies", [policy]))
            }
            return .init(role.id, ["Type": "AWS::IAM::Role", "Properties": .object(properties)])
        }
    }

    private static func policy(_ statements: [JSON]) -> JSON {
        ["Version": "2012-10-17", "Statement": .array(statements)]
    }

    private func statements(of role: Role) -> [JSON] {
        let taken = role.takes.map { [$0] } ?? []
        return Self.statements(
            taken.map { id(of: $0, kind: "Queue") },
            [
                "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            ])
            + Self.statements(
                role.sends.map { id(of: $0, kind: "Queue") },
                ["sqs:SendMessage", "sqs:GetQueueAttributes"])
            + Self.statements(
                role.stores.map { id(of: $0, kind: "Bucket") },
                ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"])
            + Self.statements(
                role.stores.map { id(of: $0, kind: "Bucket") },
                [
                    "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                ], below: "/*")
    }

    private static func statements(
        _ ids: [String], _ actions: [JSON], below: String = ""
    ) -> [JSON] {
        ids.map { id in
            [
                "Effect": "Allow", "Action": .array(actions),
                "Resource": below.isEmpty
                    ? ["Fn::GetAtt": [.string(id), "Arn"]]
                    : ["Fn::Sub": .string("${\(id).Arn}\(below)")],
            ]
        }
    }

    // MARK: - Settings

    /// The variables that whoever deploys must know of, sorted by name.
    var settings: [PackageVariable] {
        PackageVariable.all(of: functions, in: app).filter {
            $0.isParameter && given($0.name) == nil
        }
    }

    /// The name of a variable's parameter: `BrainstormDatabaseUrl`.
    func parameter(of variable: String) -> String {
        app.name + Self.capitalized(variable.split(separator: "_"))
    }

    /// What is meant where nobody says otherwise; nothing that leads to this machine.
    func defaultValue(of variable: PackageVariable) -> String? {
        if variable.name == "REDIS_URL" { return "" }
        guard let value = variable.value, Subject.placeholder(in: value) == nil else { return nil }
        return value
    }

    /// What a function gets for a variable; nil where Lambda gives it, or nobody does.
    func value(of variable: PackageVariable) -> JSON? {
        if let given = given(variable.name) { return given }
        guard variable.isParameter else { return nil }
        return ["Ref": .string(parameter(of: variable.name))]
    }

    /// What the template itself knows.
    private func given(_ variable: String) -> JSON? {
        if variable == "REDIS_KEY_PREFIX" { return .string(app.name.lowercased() + ":") }
        for bucket in buckets
        where variable == "S3_BUCKET_" + EmulatedAddresses.variableName(bucket) {
            return ["Ref": .string(id(of: bucket, kind: "Bucket"))]
        }
        for queue in queues
        where variable == "SQS_QUEUE_URL_" + EmulatedAddresses.variableName(queue) {
            return ["Ref": .string(id(of: queue, kind: "Queue"))]
        }
        return nil
    }
}

extension PackageVariable {
    /// Whether it is asked for: the account is that of the function's role, and services are AWS's and
    /// the vendors' own.
    fileprivate var isParameter: Bool {
        !name.hasPrefix("AWS_") && (need == .required || value != nil)
    }
}

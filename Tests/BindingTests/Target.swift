import FunctionRuntime
import TestSupport
import Testing

@testable import FunctionHTTP
@testable import TestSupport

/// What a binding's conformance suite runs against: the same cases everywhere.
enum Target: String, Sendable, CustomTestStringConvertible {
    /// moto, which plays AWS; it verifies no signature.
    case moto
    /// This runner.
    case emulator

    /// Where S3 is played.
    static let objects: [Target] = [.moto, .emulator]
    /// Where SQS is played.
    static let queues: [Target] = [.moto, .emulator]
    /// Where Cloudflare's KV is played.
    static let keyValues: [Target] = [.emulator]
    /// Where Resend is played.
    static let mails: [Target] = [.emulator]

    var testDescription: String { rawValue }

    /// Where its services are, as vendors' SDKs read it.
    func variables() throws -> [String: String] {
        switch self {
        case .moto:
            let address = "http://127.0.0.1:\(try ServerProcess.moto.get().port)"
            return [
                "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAMOTO",
                "AWS_SECRET_ACCESS_KEY": "moto", "AWS_ENDPOINT_URL_S3": address,
                "AWS_ENDPOINT_URL_SQS": address,
            ]
        case .emulator: return try Emulator.shared.get().variables
        }
    }

    private func variable(_ name: String) throws -> String {
        guard let value = try variables()[name] else { throw TestError("\(self) has no \(name).") }
        return value
    }

    private func account() throws -> AWSAccount {
        AWSAccount(
            region: try variable("AWS_REGION"), accessKeyID: try variable("AWS_ACCESS_KEY_ID"),
            secretAccessKey: Secret(try variable("AWS_SECRET_ACCESS_KEY")))
    }

    /// A bucket that no other test has.
    func bucket(_ name: String, isMade: Bool = true) throws -> Objects {
        let objects = Objects(
            .init(
                name: name, endpoint: try variable("AWS_ENDPOINT_URL_S3"), account: try account()))
        if isMade { _ = try objects.perform(.init(name: "CreateBucket", method: "PUT")) }
        return objects
    }

    /// A queue that no other test has.
    func queue(_ name: String, _ attributes: [String: String] = [:]) throws -> Queue {
        let endpoint = try variable("AWS_ENDPOINT_URL_SQS")
        let body = JSON.object([
            .init("QueueName", .string(name)),
            .init(
                "Attributes", .object(attributes.map { .init($0.key, .string($0.value)) })),
        ]).bytes
        var request = HTTP.Request(
            "POST", endpoint + "/",
            headers: [
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "AmazonSQS.CreateQueue",
            ], body: .bytes(body))
        let account = try account()
        SigV4(account: account, service: "sqs")
            .sign(&request, .signed(body), at: Current.now())
        let answer = try JSON(parsing: try HTTP().send(request).checked().body)
        return Queue(
            .init(url: answer["QueueUrl"]?.text ?? "", endpoint: endpoint, account: account))
    }

    /// Mail that the target keeps and does not deliver.
    func mail(key: Secret? = nil) throws -> Mail {
        Mail(
            .init(
                key: try key ?? Secret(try variable("RESEND_API_KEY")),
                base: try variable("RESEND_API_URL")))
    }

    /// A namespace that no other test has.
    func namespace(_ title: String) throws -> KeyValue {
        let base = try variable("CLOUDFLARE_BASE_URL")
        let account = try variable("CLOUDFLARE_ACCOUNT_ID")
        let token = try variable("CLOUDFLARE_API_TOKEN")
        let request = HTTP.Request(
            "POST", "\(base)/accounts/\(account)/storage/kv/namespaces",
            headers: ["authorization": "Bearer \(token)", "content-type": "application/json"],
            body: .bytes(JSON.object([.init("title", .string(title))]).bytes))
        let answer = try JSON(parsing: try HTTP().send(request).checked().body)
        return KeyValue(
            .init(
                id: answer["result"]?["id"]?.text ?? "", account: account, token: Secret(token),
                base: base))
    }
}

/// A copy of the runner that the suites share.
struct Emulator: Sendable {
    let variables: [String: String]
    private let copy: RunnerCopy

    static let shared = Result { try Emulator() }

    private init() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        copy = try RunnerCopy(in: folder)
        let said = try RunnerCopy.run(["env", "--json"], in: folder)
        guard said.status == 0 else {
            throw TestError(String(decoding: said.errors, as: UTF8.self))
        }
        let members = Optional(try JSON(parsing: said.output)).members
        variables = Dictionary(members.map { ($0.name, $0.value.text ?? "") }) { $1 }
    }
}

import Foundation
import FunctionCrypto
import FunctionHTTP
import FunctionRuntime

@testable import LocalRunner
@testable import TestSupport

/// What a client gets; the runner has another of this name.
typealias Answer = FunctionAnswer

/// A server in this process that has nothing but S3, and a client with its key.
///
/// The client signs by itself, by what AWS documents, so that two programs must agree.
final class ObjectsServer: Sendable {
    let folder: TemporaryFolder
    let credentials: Credentials
    let service: ObjectsService
    private let server: Server
    private let console: Console

    init(in folder: TemporaryFolder? = nil) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let state = try StateFolder(folder.path + "/state")
        credentials = try Credentials(in: state)
        let clock = RunnerClock()
        service = try ObjectsService(state: state, credentials: credentials, clock: clock)
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        let descriptor = open(
            folder.path + "/log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        console = Console(descriptor: descriptor)
        server = try Server(
            mounts: [], options: options, processes: Children.processes.get(),
            services: [service], clock: clock, console: console)
        try server.start()
    }

    deinit {
        server.stop(patience: 0)
    }

    /// All that has been logged.
    var log: String {
        console.flush()
        return (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? ""
    }

    /// The files that hold bodies.
    var bodies: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state/objects")
        }
    }

    var host: String { "127.0.0.1:\(server.port)" }

    /// Sends a request as it is.
    func sendUnsigned(
        _ method: String, _ target: String, headers: Headers = [:], body: [UInt8] = []
    ) throws -> Answer {
        var headers = headers
        if headers["host"] == nil { headers["host"] = host }
        return try HTTPClient(.port(server.port))
            .send(method, target, headers: headers, body: body)
    }

    /// Sends a request that is signed in the header.
    ///
    /// - Parameters:
    ///   - method: such as `PUT`.
    ///   - target: path and query, escaped.
    ///   - headers: all are signed.
    ///   - body: the whole of it.
    ///   - payload: what is said of the body; its hash, unless given.
    ///   - change: of the signature, to spoil it.
    /// - Returns: the answer.
    /// - Throws: where there is none.
    @discardableResult
    func send(
        _ method: String, _ target: String, headers: Headers = [:], body: [UInt8] = [],
        payload: String? = nil, _ change: (inout TestSignature) -> Void = { _ in }
    ) throws -> Answer {
        var signature = TestSignature(credentials)
        signature.time = Date()
        change(&signature)
        var headers = headers
        headers["host"] = host
        signature.sign(
            method, target, &headers,
            payload: payload ?? Hex.encode(Hash.sha256.digest(of: body)))
        return try sendUnsigned(method, target, headers: headers, body: body)
    }

    /// The code of an error's XML.
    static func code(_ answer: Answer) throws -> String {
        try XMLElement(document: answer.body)["Code"]?.text ?? ""
    }
}

/// Signature Version 4, as a client makes it.
struct TestSignature {
    var accessKeyID: String
    var secret: String
    var region = "us-east-1"
    var time = Date()

    init(_ credentials: Credentials) {
        accessKeyID = credentials.accessKeyID
        secret = credentials.secretAccessKey
    }

    var stamp: String { WireDate.basic(Int64(time.timeIntervalSince1970 * 1000)) }
    var scope: String { "\(stamp.prefix(8))/\(region)/s3/aws4_request" }

    private var key: [UInt8] {
        ["AWS4" + secret, String(stamp.prefix(8)), region, "s3", "aws4_request"]
            .reduce([UInt8]()) { key, part in
                key.isEmpty
                    ? Array(part.utf8) : Hash.sha256.hmac(key: key, message: Array(part.utf8))
            }
    }

    func sign(_ text: String) -> String {
        Hex.encode(Hash.sha256.hmac(key: key, message: Array(text.utf8)))
    }

    /// Adds the headers of the signature; the target must be written as it is signed.
    func sign(_ method: String, _ target: String, _ headers: inout Headers, payload: String) {
        headers["x-amz-date"] = stamp
        headers["x-amz-content-sha256"] = payload
        let fields = headers.fields.map { ($0.name.lowercased(), $0.value) }.sorted { $0 < $1 }
        let names = fields.map(\.0).joined(separator: ";")
        let parts = target.split(separator: "?", maxSplits: 1)
        let query = (parts.count > 1 ? parts[1].split(separator: "&") : [])
            .map { ($0.contains("=") ? $0 : "\($0)=").replacing("/", with: "%2F") }.sorted().joined(
                separator: "&")
        let canonical = [
            method, String(parts[0]), query,
            fields.map { "\($0.0):\($0.1)\n" }.joined(), names, payload,
        ].joined(separator: "\n")
        let hash = Hex.encode(Hash.sha256.digest(of: canonical))
        headers["authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(sign("AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(hash)"))"
    }
}

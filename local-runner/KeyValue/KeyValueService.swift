import Foundation
import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// Cloudflare's Workers KV, by its REST API at `/client/v4/accounts/{account}/storage/kv`.
///
/// What the API documents is done as it says; codes and texts of errors are those that its clients
/// have recorded. What it does not document is refused rather than guessed: other paths of the API,
/// other parts of a form, keys with U+0000.
struct KeyValueService: Service {
    let store: KeyValueStore
    let credentials: Credentials
    let clock: RunnerClock
    /// Nil where what is written shows at once.
    let staleness: Staleness?

    /// - Parameters:
    ///   - state: the folder of the database.
    ///   - credentials: what clients must show.
    ///   - clock: by which values expire.
    ///   - isStale: whether to play the delays of production.
    /// - Throws: ``RunnerError`` where the database cannot be opened.
    init(
        state: StateFolder, credentials: Credentials, clock: RunnerClock, isStale: Bool = false
    ) throws {
        store = try KeyValueStore(in: state)
        self.credentials = credentials
        self.clock = clock
        staleness = isStale ? Staleness() : nil
        try store.removeExpired(at: clock.now / 1000)
    }

    /// Epoch seconds.
    var now: Int64 { clock.now / 1000 }

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && head.path.hasPrefix("/client/v4/")
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        try authenticate(request.headers.first(name: "authorization"))
        let route = try KeyValueRoute(request.path, account: credentials.cloudflareAccount)
        guard route.methods.contains(request.method) else {
            throw KeyValueError.method(allow: route.methods.joined(separator: ", "))
        }
        // A prefix that cannot be read must not list everything.
        guard Query(request.query).pairs.count == request.query.split(separator: "&").count else {
            throw KeyValueError.invalidRequest("The query is not percent-encoded UTF-8.")
        }
        switch route {
        case .namespaces: return try await namespaces(request)
        case .namespace(let id): return try await namespace(known(id), request)
        case .keys(let id): return try keys(in: known(id).id, Query(request.query))
        case .value(let id, let key):
            try KeyName.check(key)
            return try await value(of: key, in: known(id).id, request)
        case .metadata(let id, let key):
            try KeyName.check(key)
            return try metadata(of: key, in: known(id).id)
        case .bulk(let id) where request.method == "PUT":
            return try await bulkPut(in: known(id).id, request)
        case .bulk(let id), .bulkDelete(let id):
            return try await bulkDelete(in: known(id).id, request)
        case .bulkGet(let id): return try await bulkGet(in: known(id).id, request)
        }
    }

    private func authenticate(_ authorization: String?) throws(KeyValueError) {
        guard let authorization else { throw .missingAuthorization }
        let words = authorization.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw .malformedAuthorization
        }
        guard constantTimeEquals(String(words[1]), credentials.cloudflareToken) else {
            throw .unknownToken
        }
    }

    private func known(_ id: String) throws -> Namespace {
        guard id.utf8.count == 32, Hex.decode(id) != nil else {
            throw KeyValueError.malformedNamespace
        }
        guard let namespace = try store.namespace(id.lowercased()) else {
            throw KeyValueError.namespaceNotFound
        }
        return namespace
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        switch error {
        case let error as KeyValueError: ServiceFailure(response: error.response)
        case ServiceBody.Problem.tooLarge(let limit):
            ServiceFailure(
                response: KeyValueError.tooLarge("The body exceeds the limit of \(limit) bytes.")
                    .response)
        case is ServiceBody.Problem:
            ServiceFailure(
                response: KeyValueError.invalidRequest("The body was cut off.").response)
        default:
            ServiceFailure(
                response: KeyValueError(500, 10_001, "service temporarily unavailable").response,
                isInternal: true)
        }
    }

    /// The JSON of a body.
    func json(
        _ request: ServiceRequest, limit: Int = 1 << 20
    ) async throws -> JSON {
        let body = try await request.body.collect(upTo: limit)
        do {
            return try JSON(parsing: Array(body.readableBytesView))
        } catch let error as JSONError {
            throw KeyValueError.invalidRequest("The body is not JSON: \(error)")
        }
    }
}

/// Which resource a path names.
enum KeyValueRoute {
    case namespaces
    case namespace(String)
    case keys(String)
    case value(String, key: String)
    case metadata(String, key: String)
    case bulk(String)
    case bulkDelete(String)
    case bulkGet(String)

    /// - Parameters:
    ///   - path: percent-encoded.
    ///   - account: the one that there is.
    /// - Throws: ``KeyValueError`` where the path names nothing that is emulated, or another account.
    init(_ path: String, account: String) throws(KeyValueError) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard segments.count >= 8, segments[3] == "accounts", segments[5...6] == ["storage", "kv"],
            segments[7] == "namespaces"
        else { throw .noRoute(path) }
        guard segments[4] == account else { throw .strangeAccount }
        let rest = segments.dropFirst(8)
        let id = rest.first ?? ""
        switch (rest.count, rest.dropFirst().first, rest.dropFirst(2).first) {
        case (0, _, _): self = .namespaces
        case (1, _, _) where !id.isEmpty: self = .namespace(id)
        case (2, "keys", _): self = .keys(id)
        case (3, "values", let key?): self = .value(id, key: try Self.decode(key))
        case (3, "metadata", let key?): self = .metadata(id, key: try Self.decode(key))
        case (2, "bulk", _): self = .bulk(id)
        case (3, "bulk", "delete"): self = .bulkDelete(id)
        case (3, "bulk", "get"): self = .bulkGet(id)
        default: throw .noRoute(path)
        }
    }

    private static func decode(_ key: String) throws(KeyValueError) -> String {
        guard let decoded = key.removingPercentEncoding else {
            throw .illegalKey("Could not URL-decode key name")
        }
        return decoded
    }

    var methods: [String] {
        switch self {
        case .namespaces: ["GET", "POST"]
        case .namespace, .value: ["GET", "PUT", "DELETE"]
        case .keys, .metadata: ["GET"]
        case .bulk: ["PUT", "DELETE"]
        case .bulkDelete, .bulkGet: ["POST"]
        }
    }
}

import FunctionCrypto
import NIOHTTP1

/// What a key of Signature Version 4 is good for: `20261121/us-east-1/s3/aws4_request`.
struct SignatureScope: Sendable, Equatable {
    var date: String
    var region: String
    var service: String

    var text: String { "\(date)/\(region)/\(service)/aws4_request" }
}

/// What a request says of its signature of Version 4, in `Authorization` or in the query.
struct SignatureClaim {
    static let queryNames = [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature",
        "X-Amz-SignedHeaders",
    ]

    var accessKeyID: String
    var scope: SignatureScope
    /// In lower case.
    var signedHeaders: [String]
    var signature: String
    /// `YYYYMMDDThhmmssZ`.
    var date: String
    /// The same in epoch milliseconds.
    var time: Int64
    /// How long a presigned request is good, in seconds.
    var lifetime: Int64?

    var isPresigned: Bool { lifetime != nil }

    init(header: String, of head: ServiceHead) throws {
        var fields: [Substring: Substring] = [:]
        for field in header.dropFirst("AWS4-HMAC-SHA256".count).split(separator: ",") {
            let pair = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { fields[pair[0]] = pair[1] }
        }
        guard let credential = fields["Credential"], let signed = fields["SignedHeaders"],
            let signature = fields["Signature"]
        else {
            throw SignatureProblem.malformedHeader(
                "it needs Credential, SignedHeaders and Signature, separated by commas.")
        }
        (accessKeyID, scope) = try Self.credential(String(credential)) {
            SignatureProblem.malformedHeader($0)
        }
        signedHeaders = signed.split(separator: ";").map { $0.lowercased() }
        self.signature = String(signature)
        if let stamp = head.headers.first(name: "x-amz-date") {
            guard let time = WireDate.milliseconds(basic: stamp) else {
                throw SignatureProblem.missingDate
            }
            (date, self.time) = (stamp, time)
        } else {
            guard let field = head.headers.first(name: "date"),
                let time = WireDate.milliseconds(http: field)
                    ?? WireDate.milliseconds(basic: field)
            else { throw SignatureProblem.missingDate }
            (date, self.time) = (WireDate.basic(time), time)
        }
        try requireDate { SignatureProblem.malformedHeader($0) }
    }

    init(query: URIQuery) throws {
        guard let algorithm = query["X-Amz-Algorithm"], let credential = query["X-Amz-Credential"],
            let signature = query["X-Amz-Signature"], let stamp = query["X-Amz-Date"],
            let signed = query["X-Amz-SignedHeaders"], let expires = query["X-Amz-Expires"]
        else {
            throw SignatureProblem.malformedQuery(
                """
                Query-string authentication version 4 requires the X-Amz-Algorithm, \
                X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and \
                X-Amz-Expires parameters.
                """)
        }
        guard algorithm == "AWS4-HMAC-SHA256" else {
            throw SignatureProblem.malformedQuery(
                "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
        }
        (accessKeyID, scope) = try Self.credential(credential) {
            SignatureProblem.malformedQuery("Error parsing the X-Amz-Credential parameter; \($0)")
        }
        signedHeaders = signed.split(separator: ";").map { $0.lowercased() }
        self.signature = signature
        guard let time = WireDate.milliseconds(basic: stamp) else {
            throw SignatureProblem.malformedQuery(
                "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        }
        (date, self.time) = (stamp, time)
        lifetime = try Self.lifetime(expires)
        try requireDate { SignatureProblem.malformedQuery($0) }
    }

    private static func lifetime(_ text: String) throws -> Int64 {
        guard let seconds = Int64(text) else {
            throw SignatureProblem.malformedQuery("X-Amz-Expires should be a number")
        }
        guard seconds >= 0 else {
            throw SignatureProblem.malformedQuery("X-Amz-Expires must be non-negative")
        }
        guard seconds <= 604_800 else {
            throw SignatureProblem.malformedQuery(
                """
                X-Amz-Expires must be less than a week (in seconds); that is, the given \
                X-Amz-Expires must be less than 604800 seconds
                """)
        }
        return seconds
    }

    private static func credential(
        _ text: String, problem: (String) -> SignatureProblem
    ) throws -> (String, SignatureScope) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5 else {
            throw problem(
                """
                the Credential is mal-formed; expecting \
                "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".
                """)
        }
        guard parts[4] == "aws4_request" else {
            throw problem(
                "incorrect terminal \"\(parts[4])\". This endpoint uses \"aws4_request\".")
        }
        return (parts[0], SignatureScope(date: parts[1], region: parts[2], service: parts[3]))
    }

    private func requireDate(problem: (String) -> SignatureProblem) throws {
        guard date.hasPrefix(scope.date), scope.date.utf8.count == 8 else {
            throw problem(
                """
                Invalid credential date "\(scope.date)". This date is not the same as \
                X-Amz-Date: "\(date.prefix(8))".
                """)
        }
    }

    func requireScope(service: String, regions: Set<String>) throws {
        guard scope.service == service else {
            let words =
                "incorrect service \"\(scope.service)\". This endpoint belongs to \"\(service)\"."
            throw isPresigned
                ? SignatureProblem.malformedQuery(
                    "Error parsing the X-Amz-Credential parameter; \(words)")
                : SignatureProblem.malformedHeader(words)
        }
        guard regions.contains(scope.region) else {
            throw SignatureProblem.wrongRegion(scope.region, isPresigned: isPresigned)
        }
    }
}

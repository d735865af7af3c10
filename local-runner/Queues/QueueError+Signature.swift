/// How SQS tells that a signature is not accepted.
extension QueueError {
    init(_ problem: SignatureProblem) {
        switch problem {
        case .missing, .unsupported:
            self = .front(
                "MissingAuthenticationTokenException", "MissingAuthenticationToken",
                "Missing Authentication Token", status: 403)
        case .unknownKey, .sessionToken:
            self = .front(
                "UnrecognizedClientException", "InvalidClientTokenId",
                "The security token included in the request is invalid.", status: 403)
        case .mismatch(_, _, let stringToSign, let canonicalRequest):
            self = Self.signature(
                """
                The request signature we calculated does not match the signature you provided. \
                Check your AWS Secret Access Key and signing method.

                The Canonical String for this request should have been
                '\(canonicalRequest ?? "")'

                The String-to-Sign should have been
                '\(stringToSign)'
                """)
        case .skewed(let date, let server):
            let direction = "is not within 15 minutes of this clock's"
            self = Self.signature(
                "Signature expired: \(date) \(direction) \(WireDate.basic(server)).")
        case .expired, .notYetValid: self = Self.signature("Signature expired.")
        case .wrongRegion(let region, _):
            self = Self.signature(
                "Credential should be scoped to a valid region, not '\(region)'.")
        case .unsigned(let names):
            self = Self.signature(
                "The signature must cover the headers \(names.joined(separator: ", ")).")
        case .malformedHeader(let words), .malformedQuery(let words):
            self = Self.incomplete("The authorization is malformed: \(words)")
        case .malformedURI: self = Self.incomplete("The query cannot be decoded.")
        case .missingDate:
            self = Self.incomplete("Authorization requires 'X-Amz-Date' or 'Date'.")
        case .missingPayloadHash: self = Self.incomplete("The hash of the body is missing.")
        }
    }

    private static func signature(_ message: String) -> QueueError {
        front("InvalidSignatureException", "SignatureDoesNotMatch", message, status: 403)
    }

    private static func incomplete(_ message: String) -> QueueError {
        front("IncompleteSignatureException", "IncompleteSignature", message, status: 400)
    }
}

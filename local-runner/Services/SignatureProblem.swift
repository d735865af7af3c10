/// Why a signature is not accepted; each service tells it in its own words.
enum SignatureProblem: Error {
    /// The request is not signed at all.
    case missing
    /// The query cannot be decoded.
    case malformedURI
    /// `Authorization` is of another kind.
    case unsupported(String)
    /// `Authorization` cannot be understood, and why.
    case malformedHeader(String)
    /// The signature in the query cannot be understood, and why.
    case malformedQuery(String)
    /// The scope names a region where this service is not.
    case wrongRegion(String, isPresigned: Bool)
    /// There is neither `x-amz-date` nor `Date`, or it is no date.
    case missingDate
    case missingPayloadHash
    case unknownKey(String)
    /// There are no session tokens here.
    case sessionToken
    /// The client's clock is off; its own words for the time, and ours in epoch milliseconds.
    case skewed(request: String, server: Int64)
    case notYetValid(server: Int64)
    /// Times in epoch milliseconds, the lifetime in seconds.
    case expired(at: Int64, lifetime: Int64?, server: Int64)
    /// Headers that the signature must cover and does not.
    case unsigned([String])
    /// Another key, or another request than the one that was signed.
    case mismatch(
        accessKeyID: String, provided: String, stringToSign: String, canonicalRequest: String?)
}

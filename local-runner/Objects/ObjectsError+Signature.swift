import FunctionRuntime

extension ObjectsError {
    /// Tells in S3's words why a signature is not accepted.
    init(_ problem: SignatureProblem) {
        switch problem {
        case .missing: self = .accessDenied
        case .malformedURI:
            self.init(400, "InvalidURI", "Couldn't parse the specified URI.")
        case .unsupported(let header):
            self = .invalidArgument("Unsupported Authorization Type", "Authorization", header)
        case .malformedHeader(let why):
            self.init(
                400, "AuthorizationHeaderMalformed", "The authorization header is malformed; \(why)"
            )
        case .malformedQuery(let why):
            self.init(400, "AuthorizationQueryParametersError", why)
        case .wrongRegion(let region, let isPresigned):
            self = Self.wrongRegion(region, isPresigned: isPresigned)
        case .missingDate:
            self.init(
                403, "AccessDenied",
                "AWS authentication requires a valid Date or x-amz-date header")
        case .missingPayloadHash:
            self = .invalidRequest(
                "Missing required header for this request: x-amz-content-sha256")
        case .unknownKey(let id):
            self.init(
                403, "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
                [("AWSAccessKeyId", id)])
        case .sessionToken:
            self.init(
                400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        case .skewed(let request, let server):
            self.init(
                403, "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
                [
                    ("RequestTime", request), ("ServerTime", Self.time(server)),
                    ("MaxAllowedSkewMilliseconds", String(SignatureVerifier.tolerance)),
                ])
        case .notYetValid(let server):
            self.init(
                403, "AccessDenied", "Request is not yet valid", [("ServerTime", Self.time(server))]
            )
        case .expired(let expiry, let lifetime, let server):
            let given = lifetime.map { [("X-Amz-Expires", String($0))] } ?? []
            self.init(
                403, "AccessDenied", "Request has expired",
                given + [("Expires", Self.time(expiry)), ("ServerTime", Self.time(server))])
        case .unsigned(let names):
            self.init(
                403, "AccessDenied",
                "There were headers present in the request which were not signed",
                [("HeadersNotSigned", names.joined(separator: ", "))])
        case .mismatch(let id, let provided, let toSign, let canonical):
            self = Self.mismatch(id, provided, toSign, canonical)
        }
    }

    private static func wrongRegion(_ region: String, isPresigned: Bool) -> Self {
        let words = "the region '\(region)' is wrong; expecting 'us-east-1'"
        return isPresigned
            ? Self(
                400, "AuthorizationQueryParametersError",
                "Error parsing the X-Amz-Credential parameter; \(words)",
                [("Region", "us-east-1")])
            : Self(
                400, "AuthorizationHeaderMalformed",
                "The authorization header is malformed; \(words)", [("Region", "us-east-1")])
    }

    private static func mismatch(
        _ accessKeyID: String, _ provided: String, _ toSign: String, _ canonical: String?
    ) -> Self {
        var details = [
            ("AWSAccessKeyId", accessKeyID), ("StringToSign", toSign),
            ("SignatureProvided", provided), ("StringToSignBytes", hexadecimal(toSign)),
        ]
        if let canonical {
            details += [
                ("CanonicalRequest", canonical), ("CanonicalRequestBytes", hexadecimal(canonical)),
            ]
        }
        return Self(
            403, "SignatureDoesNotMatch",
            """
            The request signature we calculated does not match the signature you provided. Check \
            your key and signing method.
            """, details)
    }

    private static func hexadecimal(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }

    private static func time(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: milliseconds / 1000 * 1000).description
    }
}

/// An error of S3: a status, a code that programs understand, and words for people.
///
/// The texts are AWS's own where it has one, so that what is written against AWS recognizes them.
struct ObjectsError: Error {
    var status: Int
    var code: String
    var message: String
    /// Further elements of the answer.
    var details: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []

    init(
        _ status: Int, _ code: String, _ message: String,
        _ details: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
    }

    static func invalidArgument(_ message: String, _ name: String, _ value: String) -> Self {
        Self(
            400, "InvalidArgument", message, [("ArgumentName", name), ("ArgumentValue", value)])
    }

    static func invalidRequest(_ message: String) -> Self {
        Self(400, "InvalidRequest", message)
    }

    /// What this emulator does not do, named as the client has asked for it.
    static func notImplemented(_ what: String) -> Self {
        Self(
            501, "NotImplemented",
            "\(what) implies functionality that is not implemented. This is local-runner's S3.")
    }

    static func noSuchBucket(_ name: String) -> Self {
        Self(
            404, "NoSuchBucket", "The specified bucket does not exist", [("BucketName", name)])
    }

    static func noSuchKey(_ key: String) -> Self {
        Self(404, "NoSuchKey", "The specified key does not exist.", [("Key", key)])
    }

    static func noSuchUpload(_ id: String) -> Self {
        Self(
            404, "NoSuchUpload",
            """
            The specified upload does not exist. The upload ID may be invalid, or the upload may \
            have been aborted or completed.
            """, [("UploadId", id)])
    }

    static func preconditionFailed(_ condition: String) -> Self {
        Self(
            412, "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            [("Condition", condition)])
    }

    static func methodNotAllowed(_ method: String) -> Self {
        Self(
            405, "MethodNotAllowed", "The specified method is not allowed against this resource.",
            [("Method", method)])
    }

    static let malformedXML = Self(
        400, "MalformedXML",
        """
        The XML you provided was not well-formed or did not validate against our published schema
        """)

    static let incompleteBody = Self(
        400, "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header")

    static func tooLarge(_ size: Int, limit: Int) -> Self {
        Self(
            400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
            [("ProposedSize", String(size)), ("MaxSizeAllowed", String(limit))])
    }

    static let accessDenied = Self(403, "AccessDenied", "Access Denied")

    static let internalError = Self(
        500, "InternalError", "We encountered an internal error. Please try again.")
}

/// An answer that refuses a request, in words meant for the caller.
///
/// A handler throws it; the app renders it in its own envelope (``Function/render(_:)``). Every
/// other error that a handler throws is a 500 without detail, logged in full.
public struct Failure: Error, Sendable, Equatable {
    /// One thing wrong with one field of the input.
    public struct Detail: Codable, Sendable, Equatable {
        /// The keys and indices that lead to the field, joined by dots; empty for the whole.
        public var path: String
        /// What is wrong, as a sentence.
        public var message: String

        public init(path: String, message: String) {
            self.path = path
            self.message = message
        }
    }

    /// The HTTP status, 400 to 599.
    public var status: Int
    /// Stable, kebab-case, never reused with another meaning.
    public var code: String
    /// A full sentence that may be reworded: what was asked, what was found, what to do.
    public var message: String
    /// One entry a field, where the input was at fault.
    public var details: [Detail]
    /// Headers that belong to the answer, such as `Retry-After`.
    public var headers: Headers

    public init(
        _ status: Int, _ code: String, _ message: String, details: [Detail] = [],
        headers: Headers = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
    }
}

extension Failure {
    /// 400: the request cannot be read as what it claims to be.
    public static func badRequest(_ message: String) -> Failure {
        Failure(400, "bad-request", message)
    }

    /// 400: the input was read, and breaks its declared constraints.
    public static func invalid(_ details: [Detail]) -> Failure {
        Failure(400, "validation-failed", "Validation failed", details: details)
    }

    /// 401: nobody is signed in, or the credentials are wrong.
    public static func unauthorized(_ message: String) -> Failure {
        Failure(401, "unauthorized", message)
    }

    /// 403: the caller may see this but not do it.
    public static func forbidden(_ message: String) -> Failure {
        Failure(403, "forbidden", message)
    }

    /// 404: there is no such thing, or the caller may not know that there is.
    public static func notFound(_ message: String) -> Failure {
        Failure(404, "not-found", message)
    }

    /// 409: the present state forbids it.
    public static func conflict(_ message: String) -> Failure {
        Failure(409, "conflict", message)
    }

    /// 429: too many requests; the caller may try again after `seconds`.
    public static func tooManyRequests(_ message: String, retryAfter seconds: Int) -> Failure {
        Failure(429, "too-many-requests", message, headers: ["retry-after": String(seconds)])
    }

    /// 503: something that this depends on is away; the caller may try again after `seconds`.
    public static func unavailable(_ message: String, retryAfter seconds: Int = 1) -> Failure {
        Failure(503, "unavailable", message, headers: ["retry-after": String(seconds)])
    }
}

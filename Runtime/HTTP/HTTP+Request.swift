public import FunctionRuntime

extension HTTP {
    /// What is sent.
    public struct Request {
        public var method: String
        /// Absolute and percent-encoded; its path goes out as it stands here.
        public var url: String
        public var headers: Headers
        public var body: Body
        /// Whether it does the same when it comes twice; at first what RFC 9110 §9.2.2 says of its
        /// method.
        public var isRepeatable: Bool
        /// How many redirects are followed.
        public var redirects = 0
        /// Instead of the client's own.
        public var timeout: Duration?

        public init(
            _ method: String, _ url: String, headers: Headers = [:], body: Body = .none
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            isRepeatable = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method)
        }

        /// The method and the address, for people: nothing that can hold a secret.
        ///
        /// The query may (a presigned URL is one), and so may the part before `@`.
        public var summary: String {
            let address = url.prefix { $0 != "?" && $0 != "#" }
            // "https:", "", "user@host", "path/and/so/on"
            var parts = address.split(
                separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            if parts.count > 2, let host = parts[2].split(separator: "@").last { parts[2] = host }
            return "\(method) \(parts.joined(separator: "/"))"
        }
    }

    /// What a request carries.
    public enum Body {
        case none
        case bytes([UInt8])
        /// A part of a file, which must stay open; it is read while it is sent, and the
        /// descriptor's own place in it does not move.
        case file(Int32, offset: Int = 0, count: Int)

        var count: Int? {
            switch self {
            case .none: nil
            case .bytes(let bytes): bytes.count
            case .file(_, _, let count): count
            }
        }
    }

    /// Where the body of a successful answer goes.
    public enum Sink {
        /// Into the answer, up to the client's limit.
        case memory
        /// Into a file, from the descriptor's place on.
        case file(Int32)
        /// Piece by piece to whoever wants it; the memory is lent for the time of the call.
        case pieces((UnsafeRawBufferPointer) throws -> Void)
    }

    /// What came back.
    public struct Response: Sendable {
        public var status: Int
        public var headers: Headers
        public var body: [UInt8]
        /// The request's method and address.
        public var request: String

        public var isSuccess: Bool { (200..<300).contains(status) }

        /// The same answer, where it is a success.
        ///
        /// - Throws: ``HTTPError`` with the status and the start of the body where it is not.
        public func checked() throws -> Response {
            guard !isSuccess else { return self }
            throw HTTPError(refused: self)
        }
    }
}

public import FunctionRuntime

extension Objects {
    /// What is known of an object without its content.
    public struct Info: Sendable, Equatable {
        public var key: String
        /// The whole object's, in bytes.
        public var size: Int
        /// With its quotes, as conditions take it.
        public var etag: String
        public var modified: Timestamp?
        public var contentType: String?
        /// Names in lower case.
        public var metadata: [String: String] = [:]
    }

    /// An object, or the part of it that was asked for.
    public struct Object: Sendable, Equatable {
        public var info: Info
        public var body: [UInt8]
    }

    /// A part of an object.
    public enum ByteRange: Sendable {
        case bytes(ClosedRange<Int>)
        case from(Int)
        case last(Int)

        var header: String {
            switch self {
            case .bytes(let range): "bytes=\(range.lowerBound)-\(range.upperBound)"
            case .from(let first): "bytes=\(first)-"
            case .last(let count): "bytes=-\(count)"
            }
        }
    }

    /// What must hold for an object to be given.
    ///
    /// Otherwise it is a ``ServiceError`` of status 304, or 412 for the first and the last of these.
    public struct Conditions: Sendable {
        public var ifMatch: String?
        public var ifNoneMatch: String?
        public var ifModifiedSince: Timestamp?
        public var ifUnmodifiedSince: Timestamp?

        public init(
            ifMatch: String? = nil, ifNoneMatch: String? = nil, ifModifiedSince: Timestamp? = nil,
            ifUnmodifiedSince: Timestamp? = nil
        ) {
            self.ifMatch = ifMatch
            self.ifNoneMatch = ifNoneMatch
            self.ifModifiedSince = ifModifiedSince
            self.ifUnmodifiedSince = ifUnmodifiedSince
        }

        func add(to headers: inout Headers, prefix: String = "") {
            let values = [
                ("if-match", ifMatch), ("if-none-match", ifNoneMatch),
                ("if-modified-since", ifModifiedSince.map(HTTPDate.text)),
                ("if-unmodified-since", ifUnmodifiedSince.map(HTTPDate.text)),
            ]
            for (name, value) in values {
                if let value { headers[prefix + name] = value }
            }
        }
    }

    /// An object, in memory; nil where there is none of that key.
    public func get(
        _ key: String, range: ByteRange? = nil, if conditions: Conditions = .init()
    ) throws -> Object? {
        let response = try read(key, range, conditions, to: .memory)
        return response.map { Object(info: Self.info(key, $0), body: $0.body) }
    }

    /// Writes an object into a file, from the descriptor's place on; nil where there is none of
    /// that key.
    public func get(
        _ key: String, range: ByteRange? = nil, if conditions: Conditions = .init(),
        toFile descriptor: Int32
    ) throws -> Info? {
        try read(key, range, conditions, to: .file(descriptor)).map { Self.info(key, $0) }
    }

    /// Hands on an object piece by piece; nil where there is none of that key.
    public func get(
        _ key: String, range: ByteRange? = nil, if conditions: Conditions = .init(),
        pieces: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Info? {
        try read(key, range, conditions, to: .pieces(pieces)).map { Self.info(key, $0) }
    }

    /// What is known of an object; nil where there is none of that key.
    public func head(_ key: String, if conditions: Conditions = .init()) throws -> Info? {
        var operation = Operation(name: "HeadObject", method: "HEAD", key: key)
        conditions.add(to: &operation.headers)
        return try optional(operation, to: .memory).map { Self.info(key, $0) }
    }

    private func read(
        _ key: String, _ range: ByteRange?, _ conditions: Conditions, to sink: HTTP.Sink
    ) throws -> HTTP.Response? {
        var operation = Operation(name: "GetObject", method: "GET", key: key)
        operation.headers["range"] = range?.header
        conditions.add(to: &operation.headers)
        return try optional(operation, to: sink)
    }

    /// That a bucket is missing is not for a caller to take for a missing object.
    private func optional(_ operation: Operation, to sink: HTTP.Sink) throws -> HTTP.Response? {
        do {
            return try perform(operation, to: sink)
        } catch let error as ServiceError where ["NoSuchKey", "NotFound"].contains(error.code) {
            return nil
        }
    }

    private static func info(_ key: String, _ response: HTTP.Response) -> Info {
        let headers = response.headers
        // "bytes 0-9/100" where a part was given.
        let whole = headers["content-range"]?.split(separator: "/").last.flatMap { Int($0) }
        let prefix = "x-amz-meta-"
        let metadata = headers.fields.filter { $0.name.hasPrefix(prefix) }
            .map { (String($0.name.dropFirst(prefix.utf8.count)), $0.value) }
        return Info(
            key: key, size: whole ?? headers["content-length"].flatMap { Int($0) } ?? 0,
            etag: headers["etag"] ?? "", modified: headers["last-modified"].flatMap(HTTPDate.read),
            contentType: headers["content-type"], metadata: Dictionary(metadata) { $1 })
    }
}

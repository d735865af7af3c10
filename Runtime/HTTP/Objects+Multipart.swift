internal import FunctionRuntime

extension Objects {
    /// An object that is being put in parts.
    public struct Upload: Sendable, Equatable {
        public var key: String
        public var id: String

        public init(key: String, id: String) {
            self.key = key
            self.id = id
        }
    }

    /// A part that is there.
    public struct Part: Sendable, Equatable {
        /// From 1 to 10,000; parts are joined in its order.
        public var number: Int
        public var etag: String

        public init(number: Int, etag: String) {
            self.number = number
            self.etag = etag
        }
    }

    /// Begins to put an object in parts.
    ///
    /// It takes room until it is completed or aborted.
    public func createUpload(
        _ key: String, _ attributes: Attributes = .init()
    ) throws -> Upload {
        var operation = Operation(name: "CreateMultipartUpload", method: "POST", key: key)
        operation.query = [("uploads", "")]
        operation.headers = attributes.headers
        operation.body = .bytes([])
        let response = try perform(operation)
        return Upload(key: key, id: try text("UploadId", response, of: operation))
    }

    /// Puts a part: of at least 5 MiB, but the last.
    public func putPart(_ number: Int, of upload: Upload, _ body: HTTP.Body) throws -> Part {
        var operation = Operation(name: "UploadPart", method: "PUT", key: upload.key, body: body)
        operation.query = Self.query(part: number, of: upload)
        return Part(number: number, etag: try putChecked(operation))
    }

    static func query(part number: Int, of upload: Upload) -> [(String, String)] {
        [("partNumber", String(number)), ("uploadId", upload.id)]
    }

    /// Makes the object of its parts.
    ///
    /// - Parameters:
    ///   - upload: what was begun.
    ///   - parts: those that it is to have.
    ///   - attributes: whose conditions count; what else they say was said at the beginning.
    /// - Returns: the object's ETag.
    /// - Throws: ``ServiceError``, such as `InvalidPart` or `EntityTooSmall`.
    @discardableResult
    public func complete(
        _ upload: Upload, parts: [Part], _ attributes: Attributes = .init()
    ) throws -> String {
        let list = parts.sorted { $0.number < $1.number }.map { part in
            "<Part><PartNumber>\(part.number)</PartNumber>"
                + "<ETag>\(XMLElement.escaped(part.etag))</ETag></Part>"
        }
        let body = "<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>"
        var operation = Operation(name: "CompleteMultipartUpload", method: "POST", key: upload.key)
        operation.query = [("uploadId", upload.id)]
        operation.headers = attributes.conditions
        operation.headers["content-type"] = "application/xml"
        operation.body = .bytes(Array(body.utf8))
        let response = try perform(operation)
        return try text("ETag", response, of: operation)
    }

    /// Gives an upload up; its parts are deleted.
    public func abort(_ upload: Upload) throws {
        var operation = Operation(
            name: "AbortMultipartUpload", method: "DELETE", key: upload.key)
        operation.query = [("uploadId", upload.id)]
        _ = try perform(operation)
    }

    /// Puts an object that is a part of a file, of any size: at once where one part holds it, in
    /// parts otherwise.
    ///
    /// Each part is tried again by itself. Where one fails for good, the upload is aborted.
    ///
    /// - Parameters:
    ///   - key: of the object.
    ///   - descriptor: of the file, whose own place does not move.
    ///   - offset: where in the file it begins.
    ///   - count: its bytes.
    ///   - attributes: what is said of it.
    ///   - partSize: in bytes, 5 MiB at least.
    /// - Returns: the object's ETag.
    /// - Throws: ``ServiceError`` or ``HTTPError``.
    @discardableResult
    public func upload(
        _ key: String, file descriptor: Int32, offset: Int = 0, count: Int,
        _ attributes: Attributes = .init(), partSize: Int = 16 << 20
    ) throws -> String {
        // There are 10,000 parts at most.
        let size = max(partSize, (count + 9_999) / 10_000)
        guard count > size else {
            return try put(key, file: descriptor, offset: offset, count: count, attributes)
        }
        let upload = try createUpload(key, attributes)
        do {
            var parts: [Part] = []
            for start in stride(from: 0, to: count, by: size) {
                let body = HTTP.Body.file(
                    descriptor, offset: offset + start, count: min(size, count - start))
                parts.append(try putPart(parts.count + 1, of: upload, body))
            }
            return try complete(upload, parts: parts, attributes)
        } catch {
            // The error that matters is this one.
            try? abort(upload)
            throw error
        }
    }
}

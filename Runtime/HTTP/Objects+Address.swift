internal import FunctionRuntime

extension Objects {
    /// What an address lets whoever has it do.
    public enum Access: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// An address with which anybody can read or write one object, until it ends.
    ///
    /// It is a secret: it belongs in no log.
    ///
    /// - Parameters:
    ///   - access: what may be done.
    ///   - key: of the object.
    ///   - seconds: how long it holds, 604,800 (a week) at most.
    ///   - contentType: what `Content-Type` the request then must have; nil leaves it open.
    /// - Returns: the address.
    /// - Throws: ``HTTPError`` for a time that S3 does not accept.
    public func address(
        to access: Access = .get, _ key: String, seconds: Int = 3600, contentType: String? = nil
    ) throws -> String {
        var operation = Operation(
            name: "a presigned \(access.rawValue)", method: access.rawValue, key: key)
        operation.headers["content-type"] = contentType
        return try presign(operation, seconds: seconds)
    }

    /// An address to which anybody can PUT one part of an upload, until it ends.
    public func address(
        toPutPart number: Int, of upload: Upload, seconds: Int = 3600
    ) throws -> String {
        var operation = Operation(name: "a presigned UploadPart", method: "PUT", key: upload.key)
        operation.query = Self.query(part: number, of: upload)
        return try presign(operation, seconds: seconds)
    }
}

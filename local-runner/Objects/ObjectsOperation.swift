/// What a request asks for, named as AWS names it.
enum ObjectsOperation {
    case listBuckets
    case createBucket
    case headBucket
    case deleteBucket
    case getBucketLocation
    case listObjects
    case listObjectsV2
    case deleteObjects
    case listMultipartUploads
    case getObject
    case headObject
    case getObjectAttributes
    case putObject
    case copyObject
    case deleteObject
    case createMultipartUpload
    case uploadPart(upload: String, number: Int)
    case uploadPartCopy(upload: String, number: Int)
    case completeMultipartUpload(upload: String)
    case abortMultipartUpload(upload: String)
    case listParts(upload: String)

    /// - Throws: ``ObjectsError`` where there is no such operation.
    init(_ call: ObjectsCall) throws {
        if call.address.bucket == nil {
            guard call.method == "GET" else { throw ObjectsError.methodNotAllowed(call.method) }
            self = .listBuckets
        } else if call.address.key == nil {
            self = try Self.onBucket(call)
        } else {
            self = try Self.onObject(call)
        }
    }

    private static func onBucket(_ call: ObjectsCall) throws -> ObjectsOperation {
        switch call.method {
        case "GET":
            if call.query["location"] != nil { return .getBucketLocation }
            if call.query["uploads"] != nil { return .listMultipartUploads }
            guard let type = call.query["list-type"] else { return .listObjects }
            guard type == "2" else {
                throw ObjectsError.invalidArgument(
                    "Invalid list-type", "list-type", type)
            }
            return .listObjectsV2
        case "HEAD": return .headBucket
        case "PUT": return .createBucket
        case "DELETE": return .deleteBucket
        case "POST":
            if call.query["delete"] != nil { return .deleteObjects }
            throw ObjectsError.notImplemented("A form that uploads an object (PostObject)")
        default: throw ObjectsError.methodNotAllowed(call.method)
        }
    }

    private static func onObject(_ call: ObjectsCall) throws -> ObjectsOperation {
        let upload = call.query["uploadId"]
        switch call.method {
        case "GET":
            if let upload { return .listParts(upload: upload) }
            return call.query["attributes"] == nil ? .getObject : .getObjectAttributes
        case "HEAD": return .headObject
        case "PUT":
            let isCopy = call.header("x-amz-copy-source") != nil
            guard let upload else { return isCopy ? .copyObject : .putObject }
            let number = try partNumber(call.query["partNumber"] ?? "")
            return isCopy
                ? .uploadPartCopy(upload: upload, number: number)
                : .uploadPart(upload: upload, number: number)
        case "DELETE": return upload.map { .abortMultipartUpload(upload: $0) } ?? .deleteObject
        case "POST":
            if call.query["uploads"] != nil { return .createMultipartUpload }
            if let upload { return .completeMultipartUpload(upload: upload) }
            throw ObjectsError.methodNotAllowed(call.method)
        default: throw ObjectsError.methodNotAllowed(call.method)
        }
    }

    /// The number of a part to be written.
    static func partNumber(_ text: String) throws -> Int {
        guard let number = Int(text), (1...10_000).contains(number) else {
            throw ObjectsError.invalidArgument(
                "Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
        }
        return number
    }
}

extension ObjectsService {
    func perform(_ operation: ObjectsOperation, _ call: ObjectsCall) async throws
        -> ServiceResponse
    {
        switch operation {
        case .listBuckets: try listBuckets(call)
        case .createBucket: try await createBucket(call)
        case .headBucket: try headBucket(call)
        case .deleteBucket: try deleteBucket(call)
        case .getBucketLocation: try bucketLocation(call)
        case .listObjects: try listObjects(call)
        case .listObjectsV2: try listObjectsV2(call)
        case .deleteObjects: try await deleteObjects(call)
        case .getObject: try getObject(call)
        case .headObject: try headObject(call)
        case .getObjectAttributes: try objectAttributes(call)
        case .putObject: try await putObject(call)
        case .copyObject: try copyObject(call)
        case .deleteObject: try deleteObject(call)
        case .createMultipartUpload: try createUpload(call)
        case .uploadPart(let upload, let number):
            try await uploadPart(call, upload: upload, number: number)
        case .uploadPartCopy(let upload, let number):
            try copyPart(call, upload: upload, number: number)
        case .completeMultipartUpload(let upload): try await completeUpload(call, upload)
        case .abortMultipartUpload(let upload): try abortUpload(call, upload)
        case .listParts(let upload): try listParts(call, upload)
        case .listMultipartUploads: try listUploads(call)
        }
    }
}

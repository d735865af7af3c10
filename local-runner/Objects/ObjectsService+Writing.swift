import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import NIOCore

extension ObjectsService {
    /// How long an object may be that comes in one piece, and a part, in bytes.
    static let pieceLimit = 5 << 30

    func putObject(_ call: ObjectsCall) async throws -> ServiceResponse {
        try store.requireBucket(call.bucket)
        let fields = try ObjectFields(call.headers)
        let conditions = WriteConditions(call.headers)
        let stored = try await BodyReader(call).store(in: store.bodies, limit: Self.pieceLimit)
        let checksum = stored.checksum.map { Checksum($0.algorithm, Base64.encode($0.bytes)) }
        let record = ObjectRecord(
            bucket: call.bucket, key: call.key, etag: Hex.encode(stored.md5), size: stored.length,
            modified: clock.now, fields: fields, checksum: checksum, body: stored.place)
        try store.put(record, if: conditions)
        return ServiceResponse(
            status: 200, headers: [("etag", record.quotedETag)] + (checksum?.headers ?? []))
    }

    func deleteObject(_ call: ObjectsCall) throws -> ServiceResponse {
        try store.delete(call.bucket, call.key, if: WriteConditions(call.headers))
        return ServiceResponse(status: 204)
    }

    func deleteObjects(_ call: ObjectsCall) async throws -> ServiceResponse {
        try store.requireBucket(call.bucket)
        let reader = try BodyReader(call)
        guard reader.hasDigest else {
            throw ObjectsError.invalidRequest(
                "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
        }
        let root = try await reader.xml()
        let objects = root.children.filter { $0.name == "Object" }
        guard root.name == "Delete", (1...1000).contains(objects.count) else {
            throw ObjectsError.malformedXML
        }
        let wanted = try objects.map { object -> Removal in
            guard let key = object["Key"]?.text, !key.isEmpty else {
                throw ObjectsError.malformedXML
            }
            return Removal(key: key, object)
        }
        let allowed = wanted.filter { $0.refusal == nil }
        var errors = try store.delete(call.bucket, allowed.map { ($0.key, $0.conditions) })[...]
        let isQuiet = root["Quiet"]?.text == "true"
        return ServiceResponse(xml: "DeleteResult") { xml in
            for removal in wanted {
                let error = removal.refusal ?? errors.removeFirst()
                if let error {
                    xml.element("Error") {
                        $0.element("Key", removal.key)
                        $0.element("Code", error.code)
                        $0.element("Message", error.message)
                    }
                } else if !isQuiet {
                    xml.element("Deleted") { $0.element("Key", removal.key) }
                }
            }
        }
    }
}

/// An object to be removed, as the XML of a request names it.
private struct Removal {
    var key: String
    var conditions: WriteConditions
    /// Why it is not even tried.
    var refusal: ObjectsError?

    init(key: String, _ element: XMLElement) {
        self.key = key
        conditions = WriteConditions(ifMatch: element["ETag"]?.text)
        do {
            try ObjectAddress.check(key: key)
        } catch {
            refusal = error as? ObjectsError
        }
        for child in element.children {
            switch child.name {
            case "Key", "ETag": continue
            case "VersionId" where child.text == "null": continue
            default:
                refusal = refusal ?? .notImplemented("The element \"\(child.name)\"")
            }
        }
    }
}

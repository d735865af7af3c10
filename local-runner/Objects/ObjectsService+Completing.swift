import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import NIOCore

extension ObjectsService {
    /// How small a part may be that is not the last, in bytes.
    static let smallestPart = 5 << 20

    func completeUpload(_ call: ObjectsCall, _ id: String) async throws -> ServiceResponse {
        let wanted = try CompletionPart.list(try await BodyReader(call, isChecked: false).xml())
        let upload: Upload
        do {
            upload = try store.upload(id, call.bucket, call.key)
        } catch let error as ObjectsError where error.code == "NoSuchUpload" {
            // A client that has lost the answer asks again.
            guard let record = try store.find(call.bucket, call.key), record.upload == id else {
                throw error
            }
            return completed(call, record)
        }
        let parts = try chosen(wanted, from: try store.parts(of: id), upload)
        let size = parts.reduce(0) { $0 + $1.size }
        if let expected = call.header("x-amz-mp-object-size"), expected != String(size) {
            throw ObjectsError.invalidRequest(
                """
                The provided 'x-amz-mp-object-size' header value \(expected) does not match what \
                was computed: \(size)
                """)
        }
        let checksum = try checksum(of: parts, upload, call)
        var record = ObjectRecord(
            bucket: call.bucket, key: call.key, etag: Self.etag(of: parts), size: size,
            modified: clock.now, fields: upload.fields, checksum: checksum,
            body: try store.bodies.joined(parts.map(\.body)))
        record.parts = parts.map { ObjectPart(size: $0.size, checksum: $0.checksum?.value) }
        record.upload = id
        try store.complete(record, of: parts, if: WriteConditions(call.headers))
        return completed(call, record)
    }

    private func completed(_ call: ObjectsCall, _ record: ObjectRecord) -> ServiceResponse {
        ServiceResponse(xml: "CompleteMultipartUploadResult") { xml in
            xml.element(
                "Location",
                "http://\(call.request.head.host)"
                    + PercentEncoding.encode(call.address.resource, keeping: "/"))
            xml.element("Bucket", call.bucket)
            xml.element("Key", call.key)
            xml.element("ETag", record.quotedETag)
            if let checksum = record.checksum {
                xml.element(checksum.algorithm.element, checksum.value)
                xml.element("ChecksumType", checksum.kind.rawValue)
            }
        }
    }

    /// The MD5 of the parts' MD5s, and how many they are.
    private static func etag(of parts: [UploadedPart]) -> String {
        let digests = parts.flatMap { Hex.decode($0.etag) ?? [] }
        return "\(Hex.encode(Hash.md5.digest(of: digests)))-\(parts.count)"
    }

    /// The parts that a client wants its object to be made of.
    private func chosen(
        _ wanted: [CompletionPart], from parts: [UploadedPart], _ upload: Upload
    ) throws -> [UploadedPart] {
        let known = Dictionary(uniqueKeysWithValues: parts.map { ($0.number, $0) })
        var last = 0
        var result: [UploadedPart] = []
        for item in wanted {
            guard item.number > last else {
                throw ObjectsError(
                    400, "InvalidPartOrder",
                    """
                    The list of parts was not in ascending order. Parts must be ordered by part \
                    number.
                    """, [("UploadId", upload.id)])
            }
            last = item.number
            guard let part = known[item.number], EntityTags(item.etag).match(part.etag) else {
                throw ObjectsError.invalidPart(upload.id, item.number, item.etag)
            }
            for (algorithm, value) in item.checksums {
                guard part.checksum == Checksum(algorithm, value) else {
                    throw ObjectsError.invalidPart(upload.id, item.number, item.etag)
                }
            }
            result.append(part)
        }
        for part in result.dropLast() where part.size < Self.smallestPart {
            throw ObjectsError(
                400, "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                [
                    ("ProposedSize", String(part.size)),
                    ("MinSizeAllowed", String(Self.smallestPart)),
                    ("PartNumber", String(part.number)), ("ETag", part.etag),
                ])
        }
        return result
    }

    /// The checksum of the whole, which must be the one that the client gives.
    private func checksum(
        of parts: [UploadedPart], _ upload: Upload, _ call: ObjectsCall
    ) throws -> Checksum? {
        let given = upload.algorithm.flatMap { call.header($0.header) }
        if let type = call.header("x-amz-checksum-type"), type != upload.kind?.rawValue {
            throw ObjectsError.invalidRequest(
                """
                The upload was created using the \(upload.kind?.rawValue ?? "null") checksum mode. \
                The complete request must use the same checksum mode.
                """)
        }
        guard let algorithm = upload.algorithm, let kind = upload.kind else { return nil }
        let values = parts.map { ($0.checksum?.value ?? "", $0.size) }
        let checksum = Checksum(algorithm, kind, of: values)
        if let given, given != checksum?.value {
            throw ObjectsError(
                400, "BadDigest",
                """
                The \(algorithm.rawValue.lowercased()) you specified did not match the calculated \
                checksum.
                """)
        }
        return checksum
    }
}

/// A part as the XML of a completion names it.
struct CompletionPart {
    var number: Int
    var etag: String
    var checksums: [(algorithm: ChecksumAlgorithm, value: String)]

    /// - Throws: ``ObjectsError/malformedXML``.
    static func list(_ root: XMLElement) throws -> [CompletionPart] {
        let parts = root.children.filter { $0.name == "Part" }
        guard root.name == "CompleteMultipartUpload", !parts.isEmpty else {
            throw ObjectsError.malformedXML
        }
        return try parts.map { part in
            guard let number = part["PartNumber"].flatMap({ Int($0.text.trimmingSpaces) }),
                let etag = part["ETag"]?.text
            else { throw ObjectsError.malformedXML }
            let checksums = ChecksumAlgorithm.allCases.compactMap { algorithm in
                part[algorithm.element].map { (algorithm, $0.text) }
            }
            return CompletionPart(number: number, etag: etag, checksums: checksums)
        }
    }
}

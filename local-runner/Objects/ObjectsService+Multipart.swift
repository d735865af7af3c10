import FunctionCrypto
import FunctionRuntime
import NIOCore

extension ObjectsService {
    func createUpload(_ call: ObjectsCall) throws -> ServiceResponse {
        let algorithm = try call.header("x-amz-checksum-algorithm").map(ChecksumAlgorithm.named)
        let kind = try Self.kind(call.header("x-amz-checksum-type"), of: algorithm)
        let upload = Upload(
            id: try Token.make(), key: call.key, created: clock.now,
            fields: try ObjectFields(call.headers), algorithm: algorithm, kind: kind)
        try store.create(upload, in: call.bucket)
        var response = ServiceResponse(xml: "InitiateMultipartUploadResult") { xml in
            xml.element("Bucket", call.bucket)
            xml.element("Key", call.key)
            xml.element("UploadId", upload.id)
        }
        if let algorithm, let kind {
            response.headers += [
                ("x-amz-checksum-algorithm", algorithm.rawValue),
                ("x-amz-checksum-type", kind.rawValue),
            ]
        }
        return response
    }

    private static func kind(
        _ text: String?, of algorithm: ChecksumAlgorithm?
    ) throws -> Checksum.Kind? {
        guard let text else { return algorithm?.defaultKind }
        guard let algorithm else {
            throw ObjectsError.invalidRequest(
                """
                The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm \
                header.
                """)
        }
        guard let kind = Checksum.Kind(rawValue: text) else {
            throw ObjectsError.invalidRequest("Value for x-amz-checksum-type header is invalid.")
        }
        let isPossible =
            kind == .composite ? algorithm != .crc64nvme : algorithm.crc != nil
        guard isPossible else {
            throw ObjectsError.invalidRequest(
                """
                The \(text) checksum type cannot be used with the \
                \(algorithm.rawValue.lowercased()) checksum algorithm.
                """)
        }
        return kind
    }

    func uploadPart(
        _ call: ObjectsCall, upload id: String, number: Int
    ) async throws -> ServiceResponse {
        let upload = try store.upload(id, call.bucket, call.key)
        let reader = try BodyReader(call)
        if let agreed = upload.algorithm, let given = reader.algorithm, given != agreed {
            throw ObjectsError.invalidRequest(
                """
                Checksum Type mismatch occurred, expected checksum Type: \
                \(agreed.rawValue.lowercased()), actual checksum Type: \
                \(given.rawValue.lowercased())
                """)
        }
        let stored = try await reader.store(
            in: store.bodies, limit: Self.pieceLimit, computing: upload.algorithm)
        let part = UploadedPart(number: number, stored, at: clock.now)
        try store.put(part, to: id)
        var response = ServiceResponse(status: 200, headers: [("etag", part.quotedETag)])
        if let checksum = part.checksum {
            response.headers.append((checksum.algorithm.header, checksum.value))
        }
        return response
    }

    func abortUpload(_ call: ObjectsCall, _ id: String) throws -> ServiceResponse {
        try store.abort(id, call.bucket, call.key)
        return ServiceResponse(status: 204)
    }

    func listParts(_ call: ObjectsCall, _ id: String) throws -> ServiceResponse {
        let upload = try store.upload(id, call.bucket, call.key)
        let names = try NameEncoding(call)
        let limit = min(1000, try call.number("max-parts") ?? 1000)
        let marker = try call.number("part-number-marker") ?? 0
        var parts = try store.list(partsOf: id, after: marker, limit: limit + 1)
        let isTruncated = parts.count > limit
        if isTruncated { parts.removeLast() }
        return ServiceResponse(xml: "ListPartsResult") { xml in
            xml.element("Bucket", call.bucket)
            xml.element("Key", names.encode(call.key))
            xml.element("UploadId", id)
            xml.element("Initiator") { self.writeOwner(&$0) }
            xml.element("Owner") { self.writeOwner(&$0) }
            xml.element("StorageClass", "STANDARD")
            xml.element("PartNumberMarker", marker)
            xml.element("NextPartNumberMarker", parts.last?.number ?? 0)
            xml.element("MaxParts", limit)
            xml.optional("EncodingType", names.type)
            xml.element("IsTruncated", isTruncated)
            xml.optional("ChecksumAlgorithm", upload.algorithm?.rawValue)
            xml.optional("ChecksumType", upload.kind?.rawValue)
            for part in parts {
                xml.element("Part") { xml in
                    xml.element("PartNumber", part.number)
                    xml.element("LastModified", Self.time(part.modified))
                    xml.element("ETag", part.quotedETag)
                    xml.element("Size", part.size)
                    if let checksum = part.checksum {
                        xml.element(checksum.algorithm.element, checksum.value)
                    }
                }
            }
        }
    }

    func listUploads(_ call: ObjectsCall) throws -> ServiceResponse {
        let names = try NameEncoding(call)
        let idMarker = call.query["upload-id-marker"] ?? ""
        let listing = ObjectListing(
            bucket: call.bucket, prefix: call.query["prefix"] ?? "",
            delimiter: call.query["delimiter"] ?? "", after: call.query["key-marker"] ?? "",
            limit: min(1000, try call.number("max-uploads") ?? 1000))
        // Without a key the marker of an upload means nothing.
        let (page, last) = try store.uploads(
            listing, afterUpload: listing.after.isEmpty ? "" : idMarker)
        return ServiceResponse(xml: "ListMultipartUploadsResult") { xml in
            xml.element("Bucket", call.bucket)
            xml.element("KeyMarker", names.encode(listing.after))
            xml.element("UploadIdMarker", idMarker)
            xml.element("NextKeyMarker", names.encode(page.last))
            xml.element("NextUploadIdMarker", last)
            if !listing.delimiter.isEmpty {
                xml.element("Delimiter", names.encode(listing.delimiter))
            }
            xml.element("Prefix", names.encode(listing.prefix))
            xml.optional("EncodingType", names.type)
            xml.element("MaxUploads", listing.limit)
            xml.element("IsTruncated", page.isTruncated)
            for upload in page.entries { self.write(&xml, upload, names) }
            self.writePrefixes(&xml, page.prefixes, names)
        }
    }

    private func write(_ xml: inout XMLWriter, _ upload: Upload, _ names: NameEncoding) {
        xml.element("Upload") { xml in
            xml.element("Key", names.encode(upload.key))
            xml.element("UploadId", upload.id)
            xml.element("Initiator") { self.writeOwner(&$0) }
            xml.element("Owner") { self.writeOwner(&$0) }
            xml.element("StorageClass", "STANDARD")
            xml.element("Initiated", Self.time(upload.created))
            xml.optional("ChecksumAlgorithm", upload.algorithm?.rawValue)
            xml.optional("ChecksumType", upload.kind?.rawValue)
        }
    }
}

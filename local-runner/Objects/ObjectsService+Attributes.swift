import NIOCore

extension ObjectsService {
    private static let attributes: Set<String> = [
        "Checksum", "ETag", "ObjectParts", "ObjectSize", "StorageClass",
    ]

    func objectAttributes(_ call: ObjectsCall) throws -> ServiceResponse {
        guard let record = try store.find(call.bucket, call.key) else {
            throw ObjectsError.noSuchKey(call.key)
        }
        let header = call.header("x-amz-object-attributes") ?? ""
        let wanted = Set(header.split(separator: ",").map(\.trimmingSpaces))
        guard !wanted.isEmpty, wanted.isSubset(of: Self.attributes) else {
            throw ObjectsError.invalidArgument(
                "Invalid attribute name specified.", "x-amz-object-attributes", header)
        }
        let limit = min(1000, try Self.number(call, "x-amz-max-parts") ?? 1000)
        let marker = try Self.number(call, "x-amz-part-number-marker") ?? 0
        var response = ServiceResponse(xml: "GetObjectAttributesResponse") { xml in
            if wanted.contains("ETag") { xml.element("ETag", record.etag) }
            if wanted.contains("Checksum"), let checksum = record.checksum {
                xml.element("Checksum") {
                    $0.element(checksum.algorithm.element, checksum.value)
                    $0.element("ChecksumType", checksum.kind.rawValue)
                }
            }
            if wanted.contains("ObjectParts"), !record.parts.isEmpty {
                xml.element("ObjectParts") {
                    Self.write(&$0, record, after: marker, limit: limit)
                }
            }
            if wanted.contains("StorageClass") { xml.element("StorageClass", "STANDARD") }
            if wanted.contains("ObjectSize") { xml.element("ObjectSize", record.size) }
        }
        response.headers.append(("last-modified", WireDate.http(record.modified)))
        return response
    }

    private static func number(_ call: ObjectsCall, _ name: String) throws -> Int? {
        guard let text = call.header(name) else { return nil }
        guard let number = Int(text), (0...Int(Int32.max)).contains(number) else {
            throw ObjectsError.invalidArgument("Provided \(name) is no number", name, text)
        }
        return number
    }

    private static func write(
        _ xml: inout XMLWriter, _ record: ObjectRecord, after marker: Int, limit: Int
    ) {
        let shown = Array(record.parts.enumerated().dropFirst(marker).prefix(limit))
        let last = shown.last.map { $0.offset + 1 } ?? marker
        xml.element("PartsCount", record.parts.count)
        xml.element("PartNumberMarker", marker)
        xml.element("NextPartNumberMarker", last)
        xml.element("MaxParts", limit)
        xml.element("IsTruncated", !shown.isEmpty && last < record.parts.count)
        for (index, part) in shown {
            xml.element("Part") {
                $0.element("PartNumber", index + 1)
                $0.element("Size", part.size)
                if let algorithm = record.checksum?.algorithm, let value = part.checksum {
                    $0.element(algorithm.element, value)
                }
            }
        }
    }
}

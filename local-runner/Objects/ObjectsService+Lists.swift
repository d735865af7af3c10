import FunctionRuntime
import NIOCore

extension ObjectsService {
    func listObjects(_ call: ObjectsCall) throws -> ServiceResponse {
        let names = try NameEncoding(call)
        var listing = try listing(call)
        listing.after = call.query["marker"] ?? ""
        let page = try store.list(listing)
        return ServiceResponse(xml: "ListBucketResult") { xml in
            xml.element("Name", call.bucket)
            xml.element("Prefix", names.encode(listing.prefix))
            xml.element("Marker", names.encode(listing.after))
            if page.isTruncated, !listing.delimiter.isEmpty {
                xml.element("NextMarker", names.encode(page.last))
            }
            self.writeCommon(&xml, listing, page, names)
            for record in page.entries {
                self.write(&xml, record, names, hasOwner: true)
            }
            self.writePrefixes(&xml, page.prefixes, names)
        }
    }

    func listObjectsV2(_ call: ObjectsCall) throws -> ServiceResponse {
        let names = try NameEncoding(call)
        var listing = try listing(call)
        let token = call.query["continuation-token"]
        let start = call.query["start-after"]
        listing.after = try token.map(ListToken.decode) ?? start ?? ""
        let page = try store.list(listing)
        return ServiceResponse(xml: "ListBucketResult") { xml in
            xml.element("Name", call.bucket)
            xml.element("Prefix", names.encode(listing.prefix))
            xml.optional("StartAfter", start.map(names.encode))
            xml.optional("ContinuationToken", token)
            if page.isTruncated {
                xml.element("NextContinuationToken", ListToken.encode(page.last))
            }
            xml.element("KeyCount", page.count)
            self.writeCommon(&xml, listing, page, names)
            for record in page.entries {
                self.write(
                    &xml, record, names, hasOwner: call.query["fetch-owner"] == "true")
            }
            self.writePrefixes(&xml, page.prefixes, names)
        }
    }

    private func listing(_ call: ObjectsCall) throws -> ObjectListing {
        ObjectListing(
            bucket: call.bucket, prefix: call.query["prefix"] ?? "",
            delimiter: call.query["delimiter"] ?? "",
            limit: min(1000, try call.number("max-keys") ?? 1000))
    }

    private func writeCommon(
        _ xml: inout XMLWriter, _ listing: ObjectListing, _ page: ListPage<ObjectRecord>,
        _ names: NameEncoding
    ) {
        xml.element("MaxKeys", listing.limit)
        if !listing.delimiter.isEmpty {
            xml.element("Delimiter", names.encode(listing.delimiter))
        }
        xml.optional("EncodingType", names.type)
        xml.element("IsTruncated", page.isTruncated)
    }

    private func write(
        _ xml: inout XMLWriter, _ record: ObjectRecord, _ names: NameEncoding, hasOwner: Bool
    ) {
        xml.element("Contents") { xml in
            xml.element("Key", names.encode(record.key))
            xml.element("LastModified", Self.time(record.modified))
            xml.element("ETag", record.quotedETag)
            if let checksum = record.checksum {
                xml.element("ChecksumAlgorithm", checksum.algorithm.rawValue)
                xml.element("ChecksumType", checksum.kind.rawValue)
            }
            xml.element("Size", record.size)
            if hasOwner { xml.element("Owner") { self.writeOwner(&$0) } }
            xml.element("StorageClass", "STANDARD")
        }
    }

    func writePrefixes(_ xml: inout XMLWriter, _ prefixes: [String], _ names: NameEncoding) {
        for prefix in prefixes {
            xml.element("CommonPrefixes") { $0.element("Prefix", names.encode(prefix)) }
        }
    }
}

/// How a list writes keys: as they are, or percent-encoded, as XML cannot hold all characters.
struct NameEncoding {
    /// What the client has asked for.
    let type: String?

    init(_ call: ObjectsCall) throws {
        type = call.query["encoding-type"]
        if let type, type != "url" {
            throw ObjectsError.invalidArgument(
                "Invalid Encoding Method specified in Request", "encoding-type", type)
        }
    }

    func encode(_ name: String) -> String {
        type == nil ? name : PercentEncoding.encode(name, keeping: "/")
    }
}

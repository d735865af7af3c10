import FunctionCrypto
import FunctionRuntime
import Glibc
import NIOCore

extension ObjectsService {
    func copyObject(_ call: ObjectsCall) throws -> ServiceResponse {
        try store.requireBucket(call.bucket)
        let directive = call.header("x-amz-metadata-directive") ?? "COPY"
        guard ["COPY", "REPLACE"].contains(directive) else {
            throw ObjectsError.invalidArgument(
                "Unknown metadata directive.", "x-amz-metadata-directive", directive)
        }
        let source = try source(of: call)
        var record: ObjectRecord
        do {
            record = try copy(of: source, call, replaces: directive == "REPLACE")
        } catch {
            store.bodies.remove([source.body])
            throw error
        }
        try store.put(record, if: WriteConditions(call.headers))
        return copied("CopyObjectResult", record)
    }

    /// What a copy will be; its body is the source's, or a new one in its place.
    private func copy(
        of source: ObjectRecord, _ call: ObjectsCall, replaces: Bool
    ) throws -> ObjectRecord {
        let isItself =
            source.bucket == call.bucket && source.key.utf8.elementsEqual(call.key.utf8)
        let algorithm = try call.header("x-amz-checksum-algorithm").map(ChecksumAlgorithm.named)
        guard !isItself || replaces || algorithm != nil else {
            throw ObjectsError.invalidRequest(
                """
                This copy request is illegal because it is trying to copy an object to itself \
                without changing the object's metadata, storage class, website redirect location \
                or encryption attributes.
                """)
        }
        guard source.size <= Self.pieceLimit else {
            throw ObjectsError.invalidRequest(
                """
                The specified copy source is larger than the maximum allowable size for a copy \
                source: \(Self.pieceLimit)
                """)
        }
        var record = source
        record.bucket = call.bucket
        record.key = call.key
        record.modified = clock.now
        record.upload = nil
        record.parts = []
        if replaces { record.fields = try ObjectFields(call.headers) }
        try duplicate(source, into: &record, algorithm)
        return record
    }

    /// The object that a request copies, opened so that it stays; its conditions hold.
    private func source(of call: ObjectsCall) throws -> ObjectRecord {
        let address = try ObjectAddress(copySource: call.header("x-amz-copy-source") ?? "")
        return try store.withObject(address.bucket ?? "", address.key ?? "") { record in
            let conditions = ReadConditions(call.headers, prefix: "x-amz-copy-source-")
            switch conditions.outcome(
                etag: record.etag, modified: record.modified, now: clock.now)
            {
            case .proceed: break
            case .failed(let name):
                throw ObjectsError.preconditionFailed("x-amz-copy-source-\(name)")
            case .notModified:
                throw ObjectsError.preconditionFailed("x-amz-copy-source-If-None-Match")
            }
            var kept = record
            // A second name, so that the body stays whatever happens to the source meanwhile.
            kept.body = try store.bodies.duplicate(record.body)
            return kept
        }
    }

    private func duplicate(
        _ source: ObjectRecord, into record: inout ObjectRecord, _ algorithm: ChecksumAlgorithm?
    ) throws {
        let isStale = algorithm != nil && algorithm != source.checksum?.algorithm
        guard !source.parts.isEmpty || isStale || source.checksum?.kind == .composite else {
            return
        }
        // The tag and the checksum of an object made of parts are not those of one piece.
        let wanted = algorithm ?? source.checksum?.algorithm
        let stored = try store.bodies.copy(source.body, 0..<source.size, checksum: wanted)
        store.bodies.remove([source.body])
        record.etag = Hex.encode(stored.md5)
        record.checksum = stored.checksum.map { Checksum($0.algorithm, Base64.encode($0.bytes)) }
        record.body = stored.place
    }

    private func copied(_ root: String, _ record: ObjectRecord) -> ServiceResponse {
        ServiceResponse(xml: root) { xml in
            xml.element("LastModified", Self.time(record.modified))
            xml.element("ETag", record.quotedETag)
            if let checksum = record.checksum {
                xml.element(checksum.algorithm.element, checksum.value)
                xml.element("ChecksumType", checksum.kind.rawValue)
            }
        }
    }

    func copyPart(
        _ call: ObjectsCall, upload id: String, number: Int
    ) throws -> ServiceResponse {
        let upload = try store.upload(id, call.bucket, call.key)
        let source = try source(of: call)
        defer { store.bodies.remove([source.body]) }
        let range = try copyRange(call, size: source.size)
        let stored = try store.bodies.copy(
            source.body, range, checksum: upload.algorithm)
        let part = UploadedPart(number: number, stored, at: clock.now)
        try store.put(part, to: id)
        return ServiceResponse(xml: "CopyPartResult") { xml in
            xml.element("LastModified", Self.time(part.modified))
            xml.element("ETag", part.quotedETag)
            if let checksum = part.checksum {
                xml.element(checksum.algorithm.element, checksum.value)
            }
        }
    }

    private func copyRange(_ call: ObjectsCall, size: Int) throws -> Range<Int> {
        guard let text = call.header("x-amz-copy-source-range") else {
            guard size <= Self.pieceLimit else {
                throw ObjectsError.tooLarge(size, limit: Self.pieceLimit)
            }
            return 0..<size
        }
        guard case .from(let start, let end?) = ByteSpan(text) else {
            throw ObjectsError.invalidArgument(
                """
                The x-amz-copy-source-range value must be of the form bytes=first-last where first \
                and last are the zero-based offsets of the first and last bytes to copy
                """, "x-amz-copy-source-range", text)
        }
        guard end < size, end - start < Self.pieceLimit else {
            throw ObjectsError(
                416, "InvalidRange", "The requested range is not satisfiable",
                [("ActualObjectSize", String(size)), ("RangeRequested", text)])
        }
        return start..<(end + 1)
    }
}

extension BodyFolder {
    /// Writes a part of a body into a new one, through a buffer of a mebibyte.
    func copy(
        _ place: BodyPlace, _ range: Range<Int>, checksum: ChecksumAlgorithm?
    ) throws -> BodyWriter.Stored {
        let writer = BodyWriter(in: self, checksum: checksum)
        switch place {
        case .inline(let bytes):
            try bytes[range].withUnsafeBytes { try writer.write($0) }
        case .file(let name):
            let file = try open(name, offset: range.lowerBound, length: range.count)
            var position = 0
            while position < file.length {
                guard let bytes = file.read(at: position, limit: 1 << 20) else {
                    throw SystemCallError("Reading a body")
                }
                try bytes.withUnsafeReadableBytes { try writer.write($0) }
                position += bytes.readableBytes
            }
        }
        return writer.finish()
    }
}

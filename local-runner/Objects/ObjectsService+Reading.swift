import FunctionRuntime
import NIOCore
import NIOHTTP1

extension ObjectsService {
    func getObject(_ call: ObjectsCall) throws -> ServiceResponse {
        try store.withObject(call.bucket, call.key) { record in
            let part = try selection(call, record)
            var response = try head(of: record, part, call)
            guard response.status < 300 else { return response }
            let range = part.range ?? 0..<record.size
            switch record.body {
            case .inline(let bytes): response.body = .bytes(ByteBuffer(bytes: bytes[range]))
            case .file(let name):
                let file = try store.bodies.open(
                    name, offset: range.lowerBound, length: range.count)
                response.body = .file(file)
            }
            return response
        }
    }

    func headObject(_ call: ObjectsCall) throws -> ServiceResponse {
        guard let record = try store.find(call.bucket, call.key) else {
            throw ObjectsError.noSuchKey(call.key)
        }
        let part = try selection(call, record)
        var response = try head(of: record, part, call)
        response.statedLength = part.range?.count ?? record.size
        return response
    }

    /// The part of an object that a request asks for.
    struct Selection {
        /// Nil for all of it.
        var range: Range<Int>?
        /// Of how many parts it is one, where a part was asked for by its number.
        var partCount: Int?
        var checksum: Checksum?
    }

    private func selection(_ call: ObjectsCall, _ record: ObjectRecord) throws -> Selection {
        let header = call.header("range")
        if let text = call.query["partNumber"] {
            guard header == nil else {
                throw ObjectsError.invalidRequest(
                    "Cannot specify both Range header and partNumber query parameter")
            }
            return try selection(part: try ObjectsOperation.partNumber(text), of: record)
        }
        guard let header, isFresh(call, record), let span = ByteSpan(header) else {
            return Selection(checksum: record.checksum)
        }
        guard let range = span.resolve(in: record.size) else {
            var error = ObjectsError(
                416, "InvalidRange", "The requested range is not satisfiable",
                [("ActualObjectSize", String(record.size)), ("RangeRequested", header)])
            error.headers = [("content-range", "bytes */\(record.size)")]
            throw error
        }
        return Selection(range: range, checksum: range.count == record.size ? record.checksum : nil)
    }

    private func selection(part number: Int, of record: ObjectRecord) throws -> Selection {
        let sizes = record.parts.isEmpty ? [record.size] : record.parts.map(\.size)
        guard number <= sizes.count else {
            throw ObjectsError(
                416, "InvalidPartNumber", "The requested partnumber is not satisfiable",
                [("PartNumberRequested", String(number)), ("ActualPartCount", String(sizes.count))])
        }
        let start = sizes[..<(number - 1)].reduce(0, +)
        var part = Selection(range: start..<(start + sizes[number - 1]), checksum: record.checksum)
        if !record.parts.isEmpty {
            part.partCount = sizes.count
            part.checksum?.value = record.parts[number - 1].checksum ?? ""
        }
        return part
    }

    /// Whether `If-Range` lets a range be answered: the client has another part of this very object.
    private func isFresh(_ call: ObjectsCall, _ record: ObjectRecord) -> Bool {
        guard let condition = call.header("if-range") else { return true }
        if let date = WireDate.milliseconds(http: condition) {
            return record.modified / 1000 == date / 1000
        }
        return condition == record.quotedETag
    }

    /// The answer without its body.
    private func head(
        of record: ObjectRecord, _ part: Selection, _ call: ObjectsCall
    ) throws -> ServiceResponse {
        var response = ServiceResponse(status: part.range == nil ? 200 : 206)
        let validators = [
            ("etag", record.quotedETag), ("last-modified", WireDate.http(record.modified)),
        ]
        switch ReadConditions(call.headers)
            .outcome(etag: record.etag, modified: record.modified, now: clock.now)
        {
        case .proceed: break
        case .failed(let name): throw ObjectsError.preconditionFailed(name)
        case .notModified:
            response.status = 304
            let kept = record.fields.items.filter {
                ["cache-control", "expires"].contains($0.name)
            }
            response.headers = validators + kept
            return response
        }
        response.headers = validators + [("accept-ranges", "bytes")]
        response.headers += overridden(record.fields, call)
        if let range = part.range {
            let last = max(range.lowerBound, range.upperBound - 1)
            response.headers.append(
                ("content-range", "bytes \(range.lowerBound)-\(last)/\(record.size)"))
        }
        if let count = part.partCount {
            response.headers.append(("x-amz-mp-parts-count", String(count)))
        }
        if call.header("x-amz-checksum-mode")?.uppercased() == "ENABLED" {
            response.headers += part.checksum?.headers ?? []
        }
        return response
    }

    /// The headers of an object, some of which a reader may replace by `response-content-type` and
    /// its like.
    private func overridden(
        _ fields: ObjectFields, _ call: ObjectsCall
    ) -> [(name: String, value: String)] {
        var items = fields.items
        for item in call.query.items where item.name.hasPrefix("response-") {
            let name = String(item.name.dropFirst("response-".count))
            guard ObjectFields.kept.contains(name), item.value.isHeaderValue else { continue }
            items.removeAll { $0.name == name }
            items.append((name, item.value))
        }
        if !items.contains(where: { $0.name == "content-type" }) {
            items.append(("content-type", "binary/octet-stream"))
        }
        return items
    }
}

extension String {
    /// Whether it can stand in a header.
    fileprivate var isHeaderValue: Bool {
        utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

import Foundation
import FunctionRuntime
import NIOCore
import NIOHTTP1

extension KeyValueService {
    /// `/values/{key}`: read, write and delete.
    func value(
        of key: String, in namespace: String, _ request: ServiceRequest
    ) async throws -> ServiceResponse {
        switch request.method {
        case "GET": return try show(key, in: namespace)
        case "PUT":
            let query = Query(request.query)
            let expiration = try Expiry.read(
                moment: query["expiration"], timeToLive: query["expiration_ttl"], now: now)
            var entry = try await entry(of: request)
            entry.expiration = expiration
            try entry.check()
            try take(writeOf: key, in: namespace)
            try store.put([(key, entry)], in: namespace)
            return .result(nil)
        default:
            try take(writeOf: key, in: namespace)
            try store.delete([key], in: namespace)
            return .result(nil)
        }
    }

    /// `/metadata/{key}`.
    func metadata(of key: String, in namespace: String) throws -> ServiceResponse {
        guard let entry = try read(key, in: namespace) else { throw KeyValueError.keyNotFound }
        return .result(try entry.metadata.map { try JSON(parsing: $0) } ?? .null)
    }

    /// `/keys`.
    func keys(in namespace: String, _ query: Query) throws -> ServiceResponse {
        let limit = try number(query["limit"], 10...1000, default: 1000) {
            KeyValueError(400, 10_028, "invalid limit argument: it must be from 10 to 1000")
        }
        let prefix = query["prefix"] ?? ""
        try KeyName.checkLength(prefix)
        var start: [UInt8]?
        if let cursor = query["cursor"], !cursor.isEmpty {
            start = ListCursor.decode(cursor, prefix: prefix, in: namespace)
            guard start != nil else { throw KeyValueError.invalidCursor }
        }
        let page = try store.keys(
            in: namespace, prefix: prefix, after: start, limit: limit, at: now)
        let cursor = page.last.map {
            ListCursor.encode(after: $0, prefix: prefix, in: namespace)
        }
        return .result(
            .array(try page.keys.map { try $0.json }),
            info: [
                "count": .number(String(page.keys.count)), "cursor": .string(cursor ?? ""),
            ])
    }

    private func show(_ key: String, in namespace: String) throws -> ServiceResponse {
        guard let entry = try read(key, in: namespace) else { throw KeyValueError.keyNotFound }
        let expiration = entry.expiration.map { ("expiration", String($0)) }
        return ServiceResponse(
            status: 200,
            headers: [("content-type", "application/octet-stream")]
                + (expiration.map { [$0] } ?? []),
            body: .bytes(ByteBuffer(bytes: entry.value)))
    }

    /// What a key holds as far as a client sees it.
    func read(_ key: String, in namespace: String) throws -> Entry? {
        guard let staleness else { return try store.entry(key, in: namespace, at: now) }
        return try staleness.read(key, in: namespace, at: clock.now) {
            try store.entry(key, in: namespace, at: now)
        }
    }

    private func take(writeOf key: String, in namespace: String) throws(KeyValueError) {
        guard staleness?.takesWrite(key, in: namespace, at: clock.now) ?? true else {
            throw .tooManyWrites
        }
    }

    /// The value of a request, and its metadata if it is a form.
    private func entry(of request: ServiceRequest) async throws -> Entry {
        let type = request.headers.first(name: "content-type") ?? ""
        // The lines around the two parts of a form take some hundred bytes.
        let body = try await request.body.collect(upTo: Entry.valueLimit + (64 << 10))
        do {
            let form = try body.withUnsafeReadableBytes { try FormPart.parts(of: $0, type: type) }
            if let form { return try Self.entry(of: form) }
        } catch let error as MalformedForm {
            throw KeyValueError.malformedValue("malformed value: \(error)")
        }
        guard body.readableBytes <= Entry.valueLimit else {
            throw ServiceBody.Problem.tooLarge(limit: Entry.valueLimit)
        }
        return Entry(value: Data(body.readableBytesView))
    }

    private static func entry(of form: [FormPart]) throws(KeyValueError) -> Entry {
        if let part = form.first(where: { !["value", "metadata"].contains($0.name) }) {
            throw .malformedValue("malformed value: the form has a part \"\(part.name)\"")
        }
        let values = form.filter { $0.name == "value" }.map(\.body)
        let metadata = form.filter { $0.name == "metadata" }.map(\.body)
        guard values.count == 1, metadata.count <= 1 else {
            throw .malformedValue("malformed value: a form has one value, and one metadata at most")
        }
        var entry = Entry(value: Data(values[0]))
        guard let bytes = metadata.first else { return entry }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KeyValueError(400, 10_047, "invalid metadata: it must be UTF-8")
        }
        entry.metadata = try Entry.metadata(text)
        return entry
    }
}

extension KeyValueStore.Page.Key {
    var json: JSON {
        get throws {
            var members: [JSON.Member] = [.init("name", .string(name))]
            if let expiration { members.append(.init("expiration", .number(String(expiration)))) }
            if let metadata { members.append(.init("metadata", try JSON(parsing: metadata))) }
            return .object(members)
        }
    }
}

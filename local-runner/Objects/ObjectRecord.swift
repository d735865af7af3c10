import Foundation
import GRDB

/// An object as the database has it.
struct ObjectRecord: Sendable {
    var bucket: String
    var key: String
    /// Without quotes.
    var etag: String
    var size: Int
    /// Epoch milliseconds.
    var modified: Int64
    var fields: ObjectFields
    var checksum: Checksum?
    /// The parts that it was made of; none where it came in one piece.
    var parts: [ObjectPart] = []
    /// The multipart upload that made it.
    var upload: String?
    var body: BodyPlace

    static let columns =
        "key, etag, size, modified, fields, checksum, parts, upload, file, content"

    init(
        bucket: String, key: String, etag: String, size: Int, modified: Int64,
        fields: ObjectFields, checksum: Checksum?, body: BodyPlace
    ) {
        self.bucket = bucket
        self.key = key
        self.etag = etag
        self.size = size
        self.modified = modified
        self.fields = fields
        self.checksum = checksum
        self.body = body
    }

    init(_ row: Row, bucket: String) {
        self.bucket = bucket
        key = row[0]
        etag = row[1]
        size = row[2]
        modified = row[3]
        fields = ObjectFields(stored: row[4])
        checksum = Checksum(stored: row[5])
        parts = (row[6] as String? ?? "").split(separator: " ").compactMap {
            ObjectPart(stored: $0)
        }
        upload = row[7]
        body = BodyPlace(file: row[8], content: row[9])
    }

    /// The values of ``columns``, in their order.
    var arguments: StatementArguments {
        [
            key, etag, size, modified, fields.stored, checksum?.stored,
            parts.isEmpty ? nil : parts.map(\.stored).joined(separator: " "), upload,
            body.file, body.content,
        ]
    }

    var quotedETag: String { "\"\(etag)\"" }
}

/// A part that an object was made of.
struct ObjectPart: Sendable {
    var size: Int
    /// In Base64; of the algorithm of the whole.
    var checksum: String?

    /// As the database keeps it: `5242880:AAAAAA==`.
    var stored: String { checksum.map { "\(size):\($0)" } ?? String(size) }

    init(size: Int, checksum: String?) {
        self.size = size
        self.checksum = checksum
    }

    init?(stored: Substring) {
        let fields = stored.split(separator: ":", maxSplits: 1)
        guard let first = fields.first, let size = Int(first) else { return nil }
        self.init(size: size, checksum: fields.count == 2 ? String(fields[1]) : nil)
    }
}

extension BodyPlace {
    init(file: String?, content: Data?) {
        self = file.map { .file($0) } ?? .inline(content.map { Array($0) } ?? [])
    }

    var content: Data? {
        if case .inline(let bytes) = self { Data(bytes) } else { nil }
    }
}

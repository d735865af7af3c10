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
    /// The lengths of the parts that it was made of; none where it came in one piece.
    var partSizes: [Int] = []
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
        partSizes = (row[6] as String? ?? "").split(separator: " ").compactMap { Int($0) }
        upload = row[7]
        body = BodyPlace(file: row[8], content: row[9])
    }

    /// The values of ``columns``, in their order.
    var arguments: StatementArguments {
        [
            key, etag, size, modified, fields.stored, checksum?.stored,
            partSizes.isEmpty ? nil : partSizes.map(String.init).joined(separator: " "), upload,
            body.file, body.content,
        ]
    }

    var quotedETag: String { "\"\(etag)\"" }
}

extension BodyPlace {
    init(file: String?, content: Data?) {
        self = file.map { .file($0) } ?? .inline(content.map { Array($0) } ?? [])
    }

    var content: Data? {
        if case .inline(let bytes) = self { Data(bytes) } else { nil }
    }
}

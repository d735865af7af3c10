import Foundation
import FunctionCrypto
import FunctionRuntime
import GRDB

/// A multipart upload that is under way.
struct Upload: Sendable {
    var id: String
    var key: String
    /// Epoch milliseconds.
    var created: Int64
    var fields: ObjectFields
    /// Of the checksums that parts must have; nil where none was agreed.
    var algorithm: ChecksumAlgorithm?
    var kind: Checksum.Kind?

    static let columns = "id, key, created, fields, algorithm, kind"

    init(
        id: String, key: String, created: Int64, fields: ObjectFields,
        algorithm: ChecksumAlgorithm?, kind: Checksum.Kind?
    ) {
        self.id = id
        self.key = key
        self.created = created
        self.fields = fields
        self.algorithm = algorithm
        self.kind = kind
    }

    init(_ row: Row) {
        id = row[0]
        key = row[1]
        created = row[2]
        fields = ObjectFields(stored: row[3])
        algorithm = (row[4] as String?).flatMap { ChecksumAlgorithm(rawValue: $0) }
        kind = (row[5] as String?).flatMap { Checksum.Kind(rawValue: $0) }
    }

    var arguments: StatementArguments {
        [id, key, created, fields.stored, algorithm?.rawValue, kind?.rawValue]
    }
}

/// A part of a multipart upload.
struct UploadedPart: Sendable {
    var number: Int
    /// Without quotes.
    var etag: String
    var size: Int
    /// Epoch milliseconds.
    var modified: Int64
    var checksum: Checksum?
    var body: BodyPlace

    static let columns = "number, etag, size, modified, checksum, file, content"
    static let columnsWithoutBody = "number, etag, size, modified, checksum, NULL, NULL"

    init(number: Int, _ stored: BodyWriter.Stored, at time: Int64) {
        self.number = number
        etag = Hex.encode(stored.md5)
        size = stored.length
        modified = time
        checksum = stored.checksum.map { Checksum($0.algorithm, Base64.encode($0.bytes)) }
        body = stored.place
    }

    init(_ row: Row) {
        number = row[0]
        etag = row[1]
        size = row[2]
        modified = row[3]
        checksum = Checksum(stored: row[4])
        body = BodyPlace(file: row[5], content: row[6])
    }

    var arguments: StatementArguments {
        [number, etag, size, modified, checksum?.stored, body.file, body.content]
    }

    var quotedETag: String { "\"\(etag)\"" }
}

import FunctionCrypto
import FunctionRuntime

/// The file of an import, as it came.
struct Upload {
    /// 5 MiB.
    private static let limit = 5 << 20
    /// What browsers and spreadsheets call CSV; some do not know it.
    private static let types = [
        "text/csv", "application/csv", "application/vnd.ms-excel", "text/plain",
        "application/octet-stream",
    ]

    let name: String
    let body: [UInt8]
    let sha256: String

    /// - Throws: 400 without a field `file`, 413 where it is too large, 415 where it is not CSV.
    init(in request: Request) throws {
        let files = try request.form().filter { $0.name == "file" }
        guard files.count == 1, let file = files.first, let name = file.fileName, !name.isEmpty
        else {
            throw Failure.badRequest("The form must have one file, in the field \"file\".")
        }
        guard file.body.count <= Self.limit else {
            throw Failure(
                413, "content-too-large",
                "The file has \(file.body.count) bytes; it may have \(Self.limit).")
        }
        let type = file.contentType ?? "text/csv"
        guard name.lowercased().hasSuffix(".csv"), Self.types.contains(type) else {
            throw Failure(
                415, "unsupported-media-type",
                "The file must be a .csv file; this is \(name) of the type \(type).")
        }
        // The database cannot hold U+0000.
        self.name = String(name.filter { $0 != "\0" }.prefix(200))
        body = file.body
        sha256 = Hex.encode(Hash.sha256.digest(of: file.body))
    }
}

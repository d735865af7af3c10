import GRDB

extension ObjectStore {
    func create(_ upload: Upload, in bucket: String) throws {
        try database.write { database in
            try requireBucket(bucket)
            try database.cachedStatement(
                sql: """
                    INSERT INTO upload (bucket, \(Upload.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [bucket] + upload.arguments)
        }
    }

    /// - Throws: ``ObjectsError`` where there is no such upload of this object.
    func upload(_ id: String, _ bucket: String, _ key: String) throws -> Upload {
        try requireBucket(bucket)
        return try database.read { try Self.upload(id, bucket, key, in: $0) }
    }

    private static func upload(
        _ id: String, _ bucket: String, _ key: String, in database: Database
    ) throws -> Upload {
        let statement = try database.cachedStatement(
            sql: "SELECT \(Upload.columns) FROM upload WHERE id = ? AND bucket = ? AND key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id, bucket, key]) else {
            throw ObjectsError.noSuchUpload(id)
        }
        return Upload(row)
    }

    /// Adds a part to an upload, or replaces the one of its number.
    ///
    /// The body belongs to the store from here on, whatever happens.
    func put(_ part: UploadedPart, to id: String) throws {
        do {
            let replaced = try database.write { database in
                let isOpen = try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM upload WHERE id = ?)",
                    arguments: [id])
                guard isOpen == true else { throw ObjectsError.noSuchUpload(id) }
                let file = try String.fetchOne(
                    database, sql: "SELECT file FROM part WHERE upload = ? AND number = ?",
                    arguments: [id, part.number])
                try database.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO part (upload, \(UploadedPart.columns))
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [id] + part.arguments)
                return file.map { [BodyPlace.file($0)] } ?? []
            }
            bodies.remove(replaced)
        } catch {
            bodies.remove([part.body])
            throw error
        }
    }

    /// The parts of an upload, with their bodies.
    func parts(of id: String) throws -> [UploadedPart] {
        try parts(of: id, UploadedPart.columns, after: 0, limit: 10_000)
    }

    /// The parts of an upload from behind a number on, to be listed.
    func list(partsOf id: String, after number: Int, limit: Int) throws -> [UploadedPart] {
        try parts(of: id, UploadedPart.columnsWithoutBody, after: number, limit: limit)
    }

    private func parts(
        of id: String, _ columns: String, after number: Int, limit: Int
    ) throws -> [UploadedPart] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(columns) FROM part WHERE upload = ? AND number > ?
                    ORDER BY number LIMIT ?
                    """, arguments: [id, number, limit]
            ).map { UploadedPart($0) }
        }
    }

    func abort(_ id: String, _ bucket: String, _ key: String) throws {
        let removed = try database.write { database in
            try requireBucket(bucket)
            _ = try Self.upload(id, bucket, key, in: database)
            return try Self.remove(id, in: database)
        }
        bodies.remove(removed)
    }

    private static func remove(_ id: String, in database: Database) throws -> [BodyPlace] {
        let files = try String.fetchAll(
            database, sql: "SELECT file FROM part WHERE upload = ? AND file IS NOT NULL",
            arguments: [id])
        try database.execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [id])
        return files.map { .file($0) }
    }

    /// Makes an object of an upload, or nothing where a condition does not hold.
    ///
    /// - Parameters:
    ///   - record: the object; its body belongs to the store from here on.
    ///   - parts: what it was made of; one that was replaced meanwhile is not what was asked for.
    ///   - conditions: of the request.
    /// - Throws: ``ObjectsError``; the upload stays then.
    func complete(
        _ record: ObjectRecord, of parts: [UploadedPart], if conditions: WriteConditions
    ) throws {
        let id = record.upload ?? ""
        do {
            let removed = try database.write { database -> [BodyPlace] in
                _ = try Self.upload(id, record.bucket, record.key, in: database)
                for part in parts {
                    let file = try Row.fetchOne(
                        database,
                        sql: "SELECT etag, file FROM part WHERE upload = ? AND number = ?",
                        arguments: [id, part.number])
                    guard file?[0] == part.etag, file?[1] == part.body.file else {
                        throw ObjectsError.invalidPart(id, part.number, part.etag)
                    }
                }
                return try Self.replace(record, if: conditions, in: database)
                    + Self.remove(id, in: database)
            }
            bodies.remove(removed.filter { $0 != record.body })
        } catch {
            // The body of a single part is still that part's.
            if !parts.contains(where: { $0.body == record.body }) { bodies.remove([record.body]) }
            throw error
        }
    }

    /// The uploads of a bucket, several of one key in the order in which they were begun.
    func uploads(
        _ listing: ObjectListing, afterUpload id: String
    ) throws -> (page: ListPage<Upload>, last: String) {
        try requireBucket(listing.bucket)
        return try database.read { database in
            let page = try listing.page(includingMarker: !id.isEmpty) { bound, end, body in
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT \(Upload.columns) FROM upload
                        WHERE bucket = ? AND key \(bound.isInclusive ? ">=" : ">") ?
                        \(end == nil ? "" : "AND key < ?") ORDER BY key, created, id
                        """)
                var arguments: StatementArguments = [listing.bucket, bound.key]
                if let end { arguments += [end] }
                let rows = try Row.fetchCursor(statement, arguments: arguments)
                let marker = try Row.fetchOne(
                    database, sql: "SELECT created FROM upload WHERE id = ?", arguments: [id])
                while let row = try rows.next() {
                    let upload = Upload(row)
                    if upload.key.utf8.elementsEqual(listing.after.utf8), let marker,
                        (upload.created, upload.id) <= (marker[0] as Int64, id)
                    {
                        continue
                    }
                    guard body(upload.key, upload) else { return }
                }
            }
            return (page, page.entries.last?.id ?? "")
        }
    }
}

extension ObjectsError {
    static func invalidPart(_ upload: String, _ number: Int, _ etag: String) -> Self {
        Self(
            400, "InvalidPart",
            """
            One or more of the specified parts could not be found.  The part may not have been \
            uploaded, or the specified entity tag may not match the part's entity tag.
            """,
            [("UploadId", upload), ("PartNumber", String(number)), ("ETag", etag)])
    }
}

import GRDB

extension ObjectStore {
    /// Finds an object; nil where there is none.
    func find(_ bucket: String, _ key: String) throws -> ObjectRecord? {
        try requireBucket(bucket)
        return try database.read { try Self.find(bucket, key, in: $0) }
    }

    /// Finds an object, and does something with it while it stays.
    ///
    /// A body that is opened then is there: writers remove one only after a later transaction.
    func withObject<Result>(
        _ bucket: String, _ key: String, _ body: (ObjectRecord) throws -> Result
    ) throws -> Result {
        try requireBucket(bucket)
        return try database.read { database in
            guard let record = try Self.find(bucket, key, in: database) else {
                throw ObjectsError.noSuchKey(key)
            }
            return try body(record)
        }
    }

    static func find(
        _ bucket: String, _ key: String, in database: Database
    ) throws -> ObjectRecord? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(ObjectRecord.columns) FROM object WHERE bucket = ? AND key = ?")
        return try Row.fetchOne(statement, arguments: [bucket, key])
            .map { ObjectRecord($0, bucket: bucket) }
    }

    /// Writes an object, or nothing where a condition does not hold.
    ///
    /// The body belongs to the store from here on, whatever happens.
    func put(_ record: ObjectRecord, if conditions: WriteConditions) throws {
        do {
            let replaced = try database.write { database in
                try requireBucket(record.bucket)
                return try Self.replace(record, if: conditions, in: database)
            }
            bodies.remove(replaced)
        } catch {
            bodies.remove([record.body])
            throw error
        }
    }

    /// Puts a row in the place of another; gives the body that nobody needs any more.
    static func replace(
        _ record: ObjectRecord, if conditions: WriteConditions, in database: Database
    ) throws -> [BodyPlace] {
        let statement = try database.cachedStatement(
            sql: "SELECT etag, file FROM object WHERE bucket = ? AND key = ?")
        let row = try Row.fetchOne(statement, arguments: [record.bucket, record.key])
        try conditions.check(etag: row?[0], key: record.key)
        let insertion = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO object (bucket, \(ObjectRecord.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insertion.execute(arguments: [record.bucket] + record.arguments)
        return (row?[1] as String?).map { [.file($0)] } ?? []
    }

    /// Removes an object, if there is one.
    func delete(_ bucket: String, _ key: String, if conditions: WriteConditions) throws {
        let removed = try database.write { database -> [BodyPlace] in
            try requireBucket(bucket)
            return try Self.delete(bucket, key, if: conditions, in: database)
        }
        bodies.remove(removed)
    }

    /// Removes several objects, all in one transaction; tells of each why it was not.
    func delete(
        _ bucket: String, _ keys: [(key: String, conditions: WriteConditions)]
    ) throws -> [ObjectsError?] {
        var removed: [BodyPlace] = []
        let errors = try database.write { database in
            try requireBucket(bucket)
            return try keys.map { item -> ObjectsError? in
                do {
                    removed += try Self.delete(bucket, item.key, if: item.conditions, in: database)
                    return nil
                } catch let error as ObjectsError {
                    return error
                }
            }
        }
        bodies.remove(removed)
        return errors
    }

    private static func delete(
        _ bucket: String, _ key: String, if conditions: WriteConditions, in database: Database
    ) throws -> [BodyPlace] {
        let statement = try database.cachedStatement(
            sql: "SELECT etag, file FROM object WHERE bucket = ? AND key = ?")
        let row = try Row.fetchOne(statement, arguments: [bucket, key])
        // What is not there needs no removing, whatever the conditions are.
        guard let row else { return [] }
        try conditions.check(etag: row[0], key: key)
        let file: String? = row[1]
        try database.cachedStatement(sql: "DELETE FROM object WHERE bucket = ? AND key = ?")
            .execute(arguments: [bucket, key])
        return file.map { [.file($0)] } ?? []
    }
}

public import FunctionPostgres
public import FunctionRuntime

/// What has become of a file of participants so far.
public struct ImportProgress: Codable, Sendable {
    public enum Status: String, Codable, CaseIterable, Sendable {
        case running
        case done
        case failed
    }

    public var id: ImportOrder.ID
    public var fileName: String
    public var status: Status
    /// How many rows the file has, and how many of them are done, imported or wrong.
    public var rows: Int
    public var processed: Int
    /// How many became participants, and how many did not.
    public var imported: Int
    public var failed: Int
    /// Why it ended before it was done.
    public var failure: String?
    public var startedAt: Timestamp
    public var finishedAt: Timestamp?
    /// The first thousand.
    public var errors: [ImportRow.Problem]

    /// The columns of an import, where the table `import_jobs` is called `j`.
    public static var columns: SQL {
        """
        j.id, j.file_name, j.status, j.row_count AS rows,
        j.row_count - j.candidates + j.place AS processed, j.made AS imported,
        (SELECT count(*) FROM import_errors e WHERE e.import_id = j.id) AS failed,
        j.failure, j.started_at, j.finished_at,
        coalesce((
            SELECT jsonb_agg(
                jsonb_build_object('row', e.row_number, 'error', e.error, 'data', e.data)
                ORDER BY e.row_number)
            FROM (
                SELECT * FROM import_errors e WHERE e.import_id = j.id
                ORDER BY e.row_number LIMIT 1000
            ) AS e), '[]') AS errors
        """
    }
}

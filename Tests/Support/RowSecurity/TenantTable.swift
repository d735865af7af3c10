package import FunctionPostgres

/// A table as the catalogue has it, with what its policies make of the function role.
package struct TenantTable: Sendable {
    package var name: String
    /// The columns of the primary key.
    package var key: [String]
    /// Those that are neither generated nor identities.
    package var columns: [String]
    /// Of those, what the function role may insert; all, where it may insert none.
    package var insertable: [String]
    /// A column that it may update, the last, which is rarely unique; any, where it may none.
    package var updatable: String
    package var mayBeRead: Bool
    /// Whether it may change or add any row by itself, as far as grants go.
    package var mayBeUpdated: Bool
    /// The conditions of its policies for the function role, as SQL.
    package var policies: [String]

    /// Its name in SQL.
    var sql: SQL { "\(unsafe: name)" }

    /// A row's key as one text.
    var keyText: SQL {
        let columns = key.map { "\(identifier: $0)" as SQL }
        return "jsonb_build_array(\(columns.joined(separator: ", ")))::text"
    }
}

extension TenantTable {
    private struct Row: Decodable {
        var name: String
        var key: [String]
        var columns: [String]
        var insertable: [String]
        var updatable: [String]
        var mayBeRead: Bool
        var policies: [String]
    }

    /// Every table of the app, whatever its schema.
    static func all(_ connection: Connection, role: String) throws -> [TenantTable] {
        try connection.rows(Self.query(role: role), as: Row.self).map { row in
            TenantTable(
                name: row.name, key: row.key, columns: row.columns,
                insertable: row.insertable.isEmpty ? row.columns : row.insertable,
                updatable: row.updatable.first ?? row.columns.first ?? "",
                mayBeRead: row.mayBeRead, mayBeUpdated: !row.updatable.isEmpty,
                policies: row.policies)
        }
    }

    private static func query(role: String) -> SQL {
        """
        SELECT c.oid::regclass::text AS name, key.names AS key, columns.names AS columns,
            columns.insertable, columns.updatable,
            has_any_column_privilege(\(role)::name, c.oid, 'SELECT') AS may_be_read,
            policies.texts AS policies
        FROM pg_class c
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS names
            FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND i.indisprimary
        ) AS key
        CROSS JOIN LATERAL (
            SELECT array_agg(a.attname::text) AS names,
                coalesce(array_agg(a.attname::text) FILTER (WHERE
                    has_column_privilege(\(role)::name, c.oid, a.attnum, 'INSERT')), '{}')
                    AS insertable,
                coalesce(array_agg(a.attname::text ORDER BY a.attnum DESC) FILTER (WHERE
                    has_column_privilege(\(role)::name, c.oid, a.attnum, 'UPDATE')), '{}')
                    AS updatable
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attgenerated = '' AND a.attidentity = ''
        ) AS columns
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(concat_ws(' ', pg_get_expr(p.polqual, p.polrelid),
                pg_get_expr(p.polwithcheck, p.polrelid))), '{}') AS texts
            FROM pg_policy p
            WHERE p.polrelid = c.oid
                AND p.polroles && ARRAY[0, (SELECT oid FROM pg_roles WHERE rolname = \(role))]::oid[]
        ) AS policies
        WHERE c.relkind IN ('r', 'p') AND \(ofTheApp)
        ORDER BY 1
        """
    }

    /// All but PostgreSQL's own, an extension's, and what the runner notes in its schema.
    package static let ofTheApp: SQL = """
        c.relnamespace NOT IN (SELECT oid FROM pg_namespace
            WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast', 'apus'))
        AND NOT EXISTS (SELECT FROM pg_depend d
            WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
        """
}

import FunctionPostgres

/// Refuses a database in which row-level security would not hold.
///
/// An app relies on it that its functions see only the rows that policies let through. That is so
/// while their role neither owns anything, nor may become somebody who does, nor bypasses the
/// policies; and while policies hold for the owner too, whose functions (SECURITY DEFINER) they call.
struct SafetyCheck {
    let database: AppDatabase
    let connection: Connection

    private struct Finding: Decodable {
        var text: String
    }

    /// - Throws: ``RunnerError`` that lists all that is wrong.
    func run() throws {
        let findings = try [
            attributes(of: database.function), memberships, possessions, unforcedTables,
        ].flatMap { try connection.rows($0, as: Finding.self).map(\.text) }
        guard findings.isEmpty else {
            throw RunnerError(
                """
                The database \(database.name) is not safe to serve from:
                \(findings.map { "  - \($0)" }.joined(separator: "\n"))
                """)
        }
    }

    private func attributes(of role: String) -> SQL {
        """
        SELECT 'the role ' || rolname || ' has ' || attribute || '; ALTER ROLE takes it away' AS text
        FROM pg_roles
        CROSS JOIN LATERAL (
            VALUES ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls),
                ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
                ('REPLICATION', rolreplication)
        ) AS has (attribute, is_set)
        WHERE is_set AND rolname = \(role)
        """
    }

    private var memberships: SQL {
        """
        SELECT 'the role ' || m.rolname || ' is a member of ' || g.rolname
            || '; REVOKE takes it away' AS text
        FROM pg_auth_members a
        JOIN pg_roles m ON m.oid = a.member
        JOIN pg_roles g ON g.oid = a.roleid
        WHERE m.rolname = \(database.function)
        """
    }

    private var possessions: SQL {
        """
        SELECT 'the role ' || r.rolname || ' owns ' || CASE
            WHEN d.dbid = 0 THEN 'the database ' || coalesce(
                (SELECT datname FROM pg_database WHERE oid = d.objid), d.objid::text)
            ELSE (pg_identify_object(d.classid, d.objid, d.objsubid)).type || ' '
                || (pg_identify_object(d.classid, d.objid, d.objsubid)).identity
            END || '; ALTER … OWNER TO gives it to ' || \(database.owner)::text AS text
        FROM pg_shdepend d
        JOIN pg_roles r ON r.oid = d.refobjid AND d.refclassid = 'pg_authid'::regclass
        WHERE d.deptype = 'o' AND r.rolname = \(database.function)
            AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        """
    }

    private var unforcedTables: SQL {
        """
        SELECT 'the table ' || oid::regclass || ' has row-level security that is not forced; '
            || 'a migration must say: ALTER TABLE ' || oid::regclass
            || ' FORCE ROW LEVEL SECURITY' AS text
        FROM pg_class
        WHERE relkind IN ('r', 'p') AND relrowsecurity AND NOT relforcerowsecurity
        ORDER BY 1
        """
    }
}

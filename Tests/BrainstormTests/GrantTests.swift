import FunctionPostgres
import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// What the catalogue says of rights, on which row-level security rests.
@Suite struct GrantTests {
    private struct Finding: Decodable {
        var text: String
    }

    /// The findings of a query that looks for what must not be.
    private func findings(_ query: SQL) throws -> [String] {
        let connection = try RowSecurityTests.security.get().connect()
        return try connection.rows(query, as: Finding.self).map(\.text)
    }

    @Test func `every table enables and forces row-level security`() throws {
        #expect(
            try findings(
                """
                SELECT c.oid::regclass::text AS text FROM pg_class c
                WHERE c.relkind IN ('r', 'p') AND \(TenantTable.ofTheApp)
                    AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
                """) == [])
    }

    @Test func `the function role owns nothing and has no power of its own`() throws {
        #expect(
            try findings(
                """
                SELECT rolname::text AS text FROM pg_roles
                WHERE rolname = 'brainstorm_function' AND (rolsuper OR rolbypassrls OR rolcreaterole
                    OR rolcreatedb OR rolreplication OR NOT rolcanlogin)
                UNION ALL
                SELECT 'member of ' || roleid::regrole FROM pg_auth_members
                WHERE member = 'brainstorm_function'::regrole
                UNION ALL
                SELECT 'owner of ' || objid FROM pg_shdepend
                WHERE refobjid = 'brainstorm_function'::regrole AND deptype = 'o'
                """) == [])
    }

    @Test func `every table is the owner's, and he cannot log in`() throws {
        #expect(
            try findings(
                """
                SELECT c.oid::regclass::text AS text FROM pg_class c
                WHERE c.relkind IN ('r', 'p', 'v', 'm') AND \(TenantTable.ofTheApp)
                    AND c.relowner <> 'brainstorm_owner'::regrole
                UNION ALL
                SELECT rolname::text FROM pg_roles
                WHERE rolname = 'brainstorm_owner' AND (rolcanlogin OR rolsuper OR rolbypassrls)
                """) == [])
    }

    @Test func `no policy lets the function role at every row`() throws {
        #expect(
            try findings(
                """
                SELECT p.polrelid::regclass || ' ' || p.polname AS text FROM pg_policy p
                WHERE p.polpermissive
                    AND p.polroles && ARRAY[0, 'brainstorm_function'::regrole::oid]
                    AND 'true' IN (pg_get_expr(p.polqual, p.polrelid),
                        pg_get_expr(p.polwithcheck, p.polrelid))
                """) == [])
    }

    @Test func `the function role alone is granted anything, and not to truncate or refer`() throws
    {
        #expect(
            try findings(
                """
                SELECT c.oid::regclass || ' ' || g.privilege_type AS text
                FROM pg_class c
                CROSS JOIN LATERAL aclexplode(c.relacl) AS g
                WHERE \(TenantTable.ofTheApp) AND g.grantee <> c.relowner
                    AND (g.grantee <> 'brainstorm_function'::regrole OR g.is_grantable
                        OR g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER'))
                """) == [])
    }

    @Test func `what the runner notes about the database is out of reach`() throws {
        #expect(
            try findings(
                """
                SELECT nspname::text AS text FROM pg_namespace
                WHERE nspname = 'apus' AND has_schema_privilege('brainstorm_function', oid, 'USAGE')
                UNION ALL
                SELECT nspname::text FROM pg_namespace
                WHERE nspname !~ '^pg_' AND has_schema_privilege('brainstorm_function', oid, 'CREATE')
                """) == [])
    }

    @Test func `what runs with the owner's rights looks names up where no caller can put them`()
        throws
    {
        #expect(
            try findings(
                """
                SELECT p.oid::regprocedure::text AS text FROM pg_proc p
                WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace
                    AND NOT coalesce(p.proconfig::text LIKE '%search_path=%pg_temp%', false)
                """) == [])
    }

    /// The ranking alone: everybody who is signed in may see everybody's place.
    @Test func `one view shows more than its reader's own rows`() throws {
        #expect(
            try findings(
                """
                SELECT c.oid::regclass::text AS text FROM pg_class c
                WHERE c.relkind IN ('v', 'm') AND \(TenantTable.ofTheApp)
                    AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
                """) == ["leaderboard"])
    }

    @Test(arguments: ["leaderboard", "portfolios", "readable_news"])
    func `a view shows nothing to nobody`(_ view: String) throws {
        let connection = try RowSecurityTests.security.get().connect()
        try connection.run("SET ROLE brainstorm_function")
        #expect(try connection.members(of: "SELECT * FROM \(view)").isEmpty)
    }

    @Test func `nobody reads a password's hash or a session's`() throws {
        #expect(
            try findings(
                """
                SELECT c.relname || '.' || a.attname AS text
                FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relkind = 'r' AND a.attname IN ('password_hash', 'token_hash')
                    AND has_column_privilege('brainstorm_function', c.oid, a.attnum, 'SELECT')
                """) == [])
    }
}

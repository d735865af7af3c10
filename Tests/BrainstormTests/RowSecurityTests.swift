import FunctionPostgres
import TestSupport
import Testing

@testable import LocalRunner

/// Nobody sees or changes what is another's, whatever his settings say.
@Suite struct RowSecurityTests {
    private static let time = "2026-11-21T09:00:00Z"

    private static func request(of tokenHash: String) -> SQL {
        "SELECT app.begin_request(\(tokenHash), NULL, \(time)::timestamptz)"
    }

    private static let subject = RowSecurity.Subject(
        app: "Brainstorm",
        owner: request(of: "ddc848844544deacabc6f34392bc92c14ce0f8fe771638f5a62b0bfb9c3e5822"),
        other: request(of: "83723ce0c2a8107476c30190a0d5dd1bea50caee4b50885b52309e5baba5aa26"),
        admin: request(of: "3d67f2e2613130ba0e127bf233e72433887ba634d67a355f1feb2c3fe1ed08a6"),
        // Leaves rows in audit_log, outbox_events, sign_in_attempts, password_resets, live_tokens,
        // import_jobs and import_errors.
        fill: [
            "UPDATE companies SET current_price = 121 WHERE ticker = 'ACME'",
            "SELECT start_sign_in('nobody@example.com', '192.0.2.9', app.time())",
            "SELECT request_password_reset('trader@example.com', 'hash', app.time())",
            "SELECT start_import('hash', 'key', 'a.csv', 1, 1, 0, '[{\"row\": 2, \"error\": \"x\"}]')",
            """
            SELECT make_live_token('hash', 'overlay',
                '3d67f2e2613130ba0e127bf233e72433887ba634d67a355f1feb2c3fe1ed08a6', 60)
            """,
        ])

    static let security = Result { try RowSecurity(subject) }

    @Test(arguments: try security.get().attacks)
    func `gives away nothing that is another's`(_ attack: Attack) throws {
        let findings = try Self.security.get().play(attack)
        #expect(findings.isEmpty, "\(findings.joined(separator: "; "))")
    }

    /// Without this, the attacks could fail for want of anything to find.
    @Test(arguments: try security.get().tables)
    func `shows an owner what is his, and an admin what is to be administered`(
        _ table: TenantTable
    ) throws {
        let security = try Self.security.get()
        guard table.mayBeRead else { return }
        let own = try #require(try security.visible(table, to: security.owner))
        let foreign = try #require(try security.visible(table, to: security.other))
        let all = try #require(try security.visible(table, to: security.admin))
        #expect(!all.isEmpty || !own.isEmpty, "Nobody sees any row of \(table.name).")
        let isOwned = table.policies.contains {
            $0.contains(/_id = \( SELECT app\.|^\(id = \( SELECT app\./)
        }
        if isOwned {
            #expect(!own.subtracting(foreign).isEmpty, "The owner has no row of \(table.name).")
        }
        if table.mayBeUpdated {
            #expect(try security.updates(table, as: security.admin) > 0)
        }
    }
}

extension RowSecurityTests {
    private static let leaky = Result {
        var subject = RowSecurityTests.subject
        subject.holes = [
            "ALTER TABLE holdings DISABLE ROW LEVEL SECURITY",
            "GRANT INSERT, UPDATE ON transactions, news_purchases TO brainstorm_function",
            "CREATE POLICY hole ON news_purchases FOR INSERT WITH CHECK (true)",
            "CREATE POLICY hole ON transactions FOR UPDATE USING (true)",
            "GRANT DELETE ON participants TO brainstorm_function",
            "CREATE POLICY hole ON participants FOR DELETE USING (true)",
        ]
        return try RowSecurity(subject)
    }

    @Test(arguments: [
        ("holdings", "SELECT saw"), ("news_purchases", "INSERT passed"),
        ("transactions", "UPDATE changed"), ("participants", "DELETE"),
    ])
    func `finds a hole that was made on purpose`(_ table: String, _ finding: String) throws {
        let security = try Self.leaky.get()
        for attack in security.attacks where attack.table.name == table {
            let findings = try security.play(attack).filter { $0.hasPrefix(finding) }
            #expect(!findings.isEmpty, "\(attack.testDescription) found nothing.")
        }
    }
}

extension TenantTable: CustomTestStringConvertible {
    public var testDescription: String { name }
}

import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What goes through queues, mail and objects, in the whole runner as users start it.
@Suite(.serialized) struct RunnerJourneyTests {
    private static func start() throws -> RunnerCopy {
        try RunnerCopy(in: TemporaryFolder(), apps: Repository.root + "/Functions")
    }

    @Test func `who has forgotten his password sets another by mail`() throws {
        let runner = try Self.start()
        var trader = try Visitor(to: runner)
        try trader.signIn("trader@demo.com", "trader123")
        let (request, reset) = ("/api/auth/request-password-reset", "/api/auth/reset-password")
        let told = try trader.send("POST", request, json: ["email": "nobody@demo.com"])
        #expect(try trader.send("POST", request, json: ["email": "trader@demo.com"]) == told)

        let mail = try Self.mail(in: runner)
        #expect(mail["to"] == ["trader@demo.com"])
        let text = try #require(mail["text"]?.text)
        let path = try #require(text.firstMatch(of: /http:\/\/localhost:8787\/brainstorm(\S+)/)?.1)
        let opened = try trader.client.begin("GET", String(path)).answer()
        #expect(opened.status == 302)
        let location = try #require(opened.headers["location"])
        let token = try #require(location.firstMatch(of: /\?token=([A-Za-z0-9_-]{43})$/)?.1)

        let choice: JSON = ["token": .string(String(token)), "newPassword": "another-password"]
        #expect(try trader.send("POST", reset, json: choice) == ["status": true])
        try trader.send("GET", "/api/portfolio", expecting: 401)
        #expect(try trader.send("GET", "/api/auth/get-session") == .null)
        let old: JSON = ["email": "trader@demo.com", "password": "trader123"]
        try trader.send("POST", "/api/auth/signin", json: old, expecting: 401)
        try trader.signIn("trader@demo.com", "another-password")
        try trader.send("GET", "/api/portfolio")
        let again = try trader.send("POST", reset, json: choice, expecting: 400)
        #expect(again["code"] == "INVALID_TOKEN")
    }

    /// The one mail that there is to be, once it is there.
    private static func mail(in runner: RunnerCopy) throws -> JSON {
        let client = HTTPClient(.port(try runner.port))
        let headers: Headers = [
            "host": "127.0.0.1",
            "authorization": "Bearer \(try runner.credentials().resendKey)",
        ]
        for _ in 0..<600 {
            let list = try JSON(parsing: client.send("GET", "/emails", headers: headers).body)
            let mails = list["data"]?.elements ?? []
            guard let id = mails.first?["id"]?.text else {
                usleep(50_000)
                continue
            }
            #expect(mails.count == 1)
            return try JSON(parsing: client.send("GET", "/emails/\(id)", headers: headers).body)
        }
        throw TestError("No mail has come. The runner said: \(runner.said)")
    }

    @Test func `an admin imports a file, and whom it names signs in`() throws {
        let runner = try Self.start()
        var (admin, rookie) = (try Visitor(to: runner), try Visitor(to: runner))
        try admin.signIn("admin@demo.com", "admin123")
        let header = "teamName,school,username,password,days,brokers\r\n"
        let file = header + "Lions,North,leo,leo-password,5,1\r\nLions,North,lea,lea-password,5,1"
        let path = "/api/admin/participants/import"

        let first = try admin.upload(file, named: "lions.csv", to: path)
        let second = try admin.upload(file, named: "lions.csv", to: path)

        let made = try JSON(parsing: first.body)
        #expect(first.status == 200)
        #expect(made["imported"]?.elements.map { $0["username"]?.text } == ["leo", "lea"])
        #expect(made["errors"] == [])
        let repeated = try JSON(parsing: second.body)
        #expect(repeated["imported"] == [])
        #expect(repeated["errors"]?.elements.map { $0["row"] } == [2, 3])
        try rookie.signIn("lea@brainstorm.local", "lea-password")
        #expect(try rookie.send("GET", "/api/portfolio")["cash"] == "1000000.00")
        let people = try admin.send("GET", "/api/admin/participants?q=Lions")
        #expect(people["pagination"]?["total"] == 2)

        let tooLarge = String(repeating: "x", count: 5 << 20 | 1)
        let refused = try admin.upload(tooLarge, named: "large.csv", to: path)
        #expect(refused.status == 413)
        #expect(refused.text == #"{"error":"The file has 5242881 bytes; it may have 5242880."}"#)

        let key = "participants/\(Hex.encode(Hash.sha256.digest(of: file))).csv"
        let object = try #require(try Self.imports(of: runner).get(key))
        #expect(object.info.contentType == "text/csv")
        #expect(
            String(decoding: object.body, as: UTF8.self) == header
                + "Lions,North,leo,,5,1\r\nLions,North,lea,,5,1\r\n")
    }

    @Test func `a file with many rows is imported while the admin looks on`() throws {
        let runner = try Self.start()
        var (admin, rookie) = (try Visitor(to: runner), try Visitor(to: runner))
        try admin.signIn("admin@demo.com", "admin123")
        let rows = (1...260).map { "Lions,North,many-\($0),password-\($0),5,1\r\n" }
        let header = "teamName,school,username,password,days,brokers\r\n"
        let file =
            header + rows.joined() + "Lions,North,x,short,5,1\r\nLions,,many-1,password-1,,\r\n"

        let answer = try admin.upload(
            file, named: "many.csv", to: "/api/admin/participants/import")
        let accepted = try JSON(parsing: answer.body)
        try #require(answer.status == 202, "\(answer.text)")
        let id = try #require(accepted["import"]?["id"]?.text)
        #expect(answer.headers["location"]?.hasSuffix("/participants/imports/\(id)") == true)
        let again = try admin.upload(file, named: "many.csv", to: "/api/admin/participants/import")
        #expect([200, 202].contains(again.status))

        let done = try Self.finish("/api/admin/participants/imports/\(id)", admin, runner)
        #expect(done["status"] == "done", "\(runner.said)")
        #expect([done["rows"], done["processed"]] == [262, 262])
        #expect([done["imported"], done["failed"]] == [260, 2])
        #expect(done["errors"]?.elements.map { $0["row"] } == [262, 263])
        try rookie.signIn("many-260@brainstorm.local", "password-260")
        let people = try admin.send("GET", "/api/admin/participants?q=many-")
        #expect(people["pagination"]?["total"] == 260)

        let imports = try Self.imports(of: runner)
        #expect(try imports.list(prefix: "pending/").objects == [])
        let kept = try imports.get(
            "participants/\(Hex.encode(Hash.sha256.digest(of: file))).csv")
        let text = String(decoding: try #require(kept).body, as: UTF8.self)
        #expect(text.contains("many-260,,5,1"))
        #expect(!text.contains("password-"))
    }

    @Test func `the template is imported, and the export tells of it`() throws {
        let runner = try Self.start()
        var admin = try Visitor(to: runner)
        try admin.signIn("admin@demo.com", "admin123")
        let people = "/api/admin/participants"

        let template = try admin.client.begin(
            "GET", "\(people)/import/template", headers: admin.headers
        ).answer()
        #expect(template.headers["content-disposition"]?.contains(".csv") == true)
        let made = try admin.upload(template.text, named: "template.csv", to: "\(people)/import")
        #expect(try JSON(parsing: made.body)["imported"]?.elements.count == 1)
        let export = try admin.client.begin(
            "GET", "\(people)/export?format=csv", headers: admin.headers
        ).answer()
        #expect(export.text.contains("\r\nLions,North School,lea.example,,5,1,"))
        // Whoever is there already is told of, and nobody is changed.
        let again = try admin.upload(export.text, named: "export.csv", to: "\(people)/import")
        #expect(try JSON(parsing: again.body)["imported"] == [])

        let prices = try admin.upload(
            "ticker;price\r\nKOPI;421.50\r\nNONE;1\r\n", named: "prices.csv",
            to: "/api/admin/companies/prices")
        #expect(
            prices.text
                == #"{"updated":1,"errors":[{"row":3,"ticker":"NONE","error":"No company has the ticker NONE."}]}"#
        )
    }

    /// What an import has come to, when it is no longer running, and its rows are deleted.
    private static func finish(
        _ path: String, _ admin: Visitor, _ runner: RunnerCopy
    ) throws -> JSON {
        let imports = try imports(of: runner)
        var last = 0
        for _ in 0..<1200 {
            let progress = try admin.send("GET", path)
            let processed = progress["processed"]?.number ?? -1
            #expect(processed >= last)
            last = processed
            if progress["status"] != "running", try imports.list(prefix: "pending/").objects.isEmpty
            {
                return progress
            }
            usleep(50_000)
        }
        throw TestError("The import does not end. The runner said: \(runner.said)")
    }

    private static func imports(of runner: RunnerCopy) throws -> Objects {
        let credentials = try runner.credentials()
        return Objects(
            .init(
                name: "brainstorm-imports", endpoint: "http://127.0.0.1:\(try runner.port)",
                account: AWSAccount(
                    region: "us-east-1", accessKeyID: credentials.accessKeyID,
                    secretAccessKey: Secret(credentials.secretAccessKey))))
    }
}

import TestSupport
import Testing

@testable import LocalRunner

/// The executables under web servers that know nothing of Apus.
@Suite struct ConformanceTests {
    @Test(arguments: FixtureFile.all)
    func `answers as recorded under nginx with fcgiwrap`(_ file: FixtureFile) throws {
        try file.replay(through: try Nginx.withWrapper.get())
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under nginx with FastCGI`(_ file: FixtureFile) throws {
        try file.replay(through: try Nginx.withFastCGI.get())
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under lighttpd with CGI`(_ file: FixtureFile) throws {
        try file.replay(through: try Lighttpd.withCGI.get())
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under lighttpd with FastCGI`(_ file: FixtureFile) throws {
        let answer = { try file.replay(through: try Lighttpd.withFastCGI.get()) }
        guard let loss = Lighttpd.losses[file.testDescription] else { return try answer() }
        withKnownIssue(loss) { try answer() }
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under Apache with CGI`(_ file: FixtureFile) throws {
        let answer = { try file.replay(through: try Apache.shared.get()) }
        guard Apache.joins.contains(file.testDescription) else { return try answer() }
        withKnownIssue("It joins header lines of one name.") { try answer() }
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under busybox httpd`(_ file: FixtureFile) throws {
        let fixture = try file.read()
        let busybox = try Busybox.shared.get()
        let answer = { try file.replay(through: busybox) }
        guard try busybox.isAtLoss(file, fixture) else { return try answer() }
        // Some of these are refused before anybody looks at their body.
        withKnownIssue("It hands on the body of a POST alone.", isIntermittent: true) {
            try answer()
        }
    }
}

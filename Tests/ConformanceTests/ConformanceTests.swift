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
        let lighttpd = try Lighttpd.withFastCGI.get()
        guard let loss = Lighttpd.losses[file.description] else {
            return try file.replay(through: lighttpd)
        }
        withKnownIssue(loss) { try file.replay(through: lighttpd) }
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under Apache with CGI`(_ file: FixtureFile) throws {
        try file.replay(through: try Apache.shared.get())
    }

    @Test(arguments: Busybox.carried)
    func `answers as recorded under busybox httpd`(_ file: FixtureFile) throws {
        try file.replay(through: try Busybox.shared.get())
    }
}

import TestSupport
import Testing

@testable import LocalRunner

/// The executables under web servers that know nothing of Apus.
@Suite struct ConformanceTests {
    @Test(arguments: FixtureFile.all)
    func `answers as recorded under nginx with fcgiwrap`(_ file: FixtureFile) throws {
        try file.replay(through: try Nginx.shared.get())
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under lighttpd`(_ file: FixtureFile) throws {
        try file.replay(through: try Lighttpd.shared.get())
    }
}

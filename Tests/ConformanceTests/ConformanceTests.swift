import TestSupport
import Testing

/// The executables under web servers that know nothing of Apus.
@Suite struct ConformanceTests {
    @Test(arguments: FixtureFile.all)
    func `answers as recorded under nginx with fcgiwrap`(_ file: FixtureFile) throws {
        _ = try file.read().answer(file, on: try Nginx.shared.get())
    }

    @Test(arguments: FixtureFile.all)
    func `answers as recorded under lighttpd`(_ file: FixtureFile) throws {
        _ = try file.read().answer(file, on: try Lighttpd.shared.get())
    }
}

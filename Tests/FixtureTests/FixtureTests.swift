import TestSupport
import Testing

@testable import LocalRunner

@Suite struct FixtureTests {
    @Test(arguments: FixtureFile.all)
    func `answers as recorded through every host`(_ file: FixtureFile) throws {
        try file.replay()
    }
}

import TestSupport
import Testing

@Suite struct FixtureTests {
    @Test(arguments: FixtureFile.all)
    func `answers as recorded on standard input and under CGI`(_ file: FixtureFile) throws {
        let fixture = try file.read()
        let line = try fixture.answer(file, on: StandardInputHost())
        let document = try fixture.answer(file, on: CGIHost())
        guard let line, let document else { return }
        fixture.expectAgreement(of: ("Standard input", line), and: ("CGI", document))
    }
}

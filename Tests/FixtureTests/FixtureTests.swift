import TestSupport
import Testing

@Suite struct FixtureTests {
    @Test(arguments: FixtureFile.all)
    func `answers as recorded on standard input and under CGI`(_ file: FixtureFile) throws {
        let fixture = try file.read()
        let line = try fixture.run(file, on: StandardInputHost())
        let document = try fixture.run(file, on: CGIHost())
        if line.differences.isEmpty, document.differences.isEmpty {
            let differences = fixture.response.disagreements(line.answer, document.answer)
            expectNone(differences, "standard input (expected) and CGI (found) do not agree")
        }
    }
}

import FunctionRuntime
import TestSupport
import Testing

/// The public JSONTestSuite (github.com/nst/JSONTestSuite), where `JSON_TEST_SUITE` names a checkout.
///
/// It is not part of this repository.
@Suite struct JSONSuiteTests {
    private static let folder = Environment["JSON_TEST_SUITE"].map { $0 + "/test_parsing" }

    @Test(.enabled(if: folder != nil))
    func `agrees with the public suite`() throws {
        let folder = try #require(Self.folder)
        var counts = (accepted: 0, refused: 0, open: 0)
        for name in Repository.names(in: folder) where name.hasSuffix(".json") {
            let bytes = try Repository.bytes(of: folder + "/" + name)
            let isAccepted = (try? JSON(parsing: bytes)) != nil
            switch name.prefix(2) {
            case "y_":
                #expect(isAccepted, "\(name)")
                counts.accepted += 1
            case "n_":
                #expect(!isAccepted, "\(name)")
                counts.refused += 1
            default:
                print("\(name): \(isAccepted ? "accepted" : "refused")")
                counts.open += 1
            }
        }
        print("JSONTestSuite: \(counts)")
        #expect(counts.accepted > 90 && counts.refused > 180)
    }
}

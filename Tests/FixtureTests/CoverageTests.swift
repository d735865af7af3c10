import TestSupport
import Testing

@testable import LocalRunner

/// Every function of every app has fixtures of every kind.
@Suite struct CoverageTests {
    struct Function: Sendable, CustomTestStringConvertible {
        var app: String
        var name: String
        var testDescription: String { "\(app)/\(name)" }

        static let all: [Function] = Repository.names(in: Repository.root + "/Functions")
            .flatMap { app in
                Repository.functions(ofApp: app).map { Function(app: app, name: $0) }
            }
    }

    /// A kind that cannot exist for a function is excused where one of its fixtures says why.
    @Test(arguments: Function.all)
    func `has a fixture of each kind that can exist`(_ function: Function) throws {
        let fixtures = try FixtureFile.all
            .filter { $0.app == function.app && $0.function == function.name }
            .map { try $0.read() }
        let isAtRoute = try BuiltFunction.named(app: function.app, function: function.name)
            .isAtRoute
        let kinds = Set(fixtures.compactMap { FixtureKind($0.response, atRoute: isAtRoute) })
        let lacks = Set(fixtures.flatMap(\.lacks.keys))
        let missing = FixtureKind.owed(atRoute: isAtRoute).filter {
            !kinds.contains($0) && !lacks.contains($0.rawValue)
        }
        let idle = kinds.filter { lacks.contains($0.rawValue) }
        let words = missing.map(\.words).joined(separator: ", ")
        #expect(
            missing.isEmpty,
            "\(function.testDescription) has no fixture of \(words), and none says why not.")
        #expect(
            idle.isEmpty,
            "\(function.testDescription) says that it lacks \(idle), and has a fixture of it.")
    }

    @Test func `every folder of fixtures is a function's`() {
        for file in FixtureFile.all {
            #expect(
                Repository.functions(ofApp: file.app).contains(file.function),
                "\(file) is the fixture of a function that does not exist.")
        }
    }
}

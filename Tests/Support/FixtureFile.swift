import FunctionRuntime
public import Testing

/// Where a fixture lies: `Tests/Fixtures/<App>/<Function>/<case-in-words>.json`.
public struct FixtureFile: Sendable, Hashable, Codable, CustomTestStringConvertible {
    public var app: String
    public var function: String
    public var name: String

    public var testDescription: String { "\(app)/\(function)/\(name)" }

    public var path: String { "\(Repository.fixtures)/\(app)/\(function)/\(name).json" }

    /// Every file there is, in order.
    public static let all: [FixtureFile] = {
        Repository.names(in: Repository.fixtures).flatMap { app in
            Repository.names(in: "\(Repository.fixtures)/\(app)").flatMap { function in
                Repository.names(in: "\(Repository.fixtures)/\(app)/\(function)")
                    .filter { $0.hasSuffix(".json") }
                    .map { FixtureFile(app: app, function: function, name: String($0.dropLast(5))) }
            }
        }
    }()

    /// Its place among all; names what belongs to it, such as a database.
    public var number: Int { Self.numbers[self] ?? 0 }

    private static let numbers = Dictionary(
        uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset + 1) })

    /// Reads and checks it.
    public func read() throws -> Fixture {
        do {
            return try Fixture(json: try .init(parsing: try Repository.bytes(of: path)))
        } catch {
            throw TestError("Tests/Fixtures/\(testDescription).json is not a fixture. \(error)")
        }
    }
}

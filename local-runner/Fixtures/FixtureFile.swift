import Foundation
import FunctionRuntime

/// Where a fixture lies: `<folder>/<App>/<Function>/<case-in-words>.json`.
struct FixtureFile: Sendable, Hashable, Codable, CustomStringConvertible {
    /// That of all fixtures.
    var folder: String
    var app: String
    var function: String
    var name: String
    /// Its place among all; names what belongs to it, such as a database.
    var number = 0

    var description: String { "\(app)/\(function)/\(name)" }

    private var path: String { "\(folder)/\(description).json" }

    /// Every file of a folder, in order.
    static func all(in folder: String) -> [FixtureFile] {
        var files = names(in: folder).flatMap { app in
            names(in: "\(folder)/\(app)").flatMap { function in
                names(in: "\(folder)/\(app)/\(function)").filter { $0.hasSuffix(".json") }.map {
                    FixtureFile(
                        folder: folder, app: app, function: function, name: String($0.dropLast(5)))
                }
            }
        }
        for index in files.indices { files[index].number = index + 1 }
        return files
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// Reads and checks it.
    func read() throws -> Fixture {
        do {
            guard let text = FileManager.default.contents(atPath: path) else {
                throw RunnerError("It cannot be read.")
            }
            return try Fixture(json: try JSON(parsing: Array(text)))
        } catch {
            throw RunnerError("\(path) is not a fixture. \(error)")
        }
    }
}

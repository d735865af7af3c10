import Foundation
import FunctionRuntime

/// What functions answer, as their fixtures have it: `Tests/Fixtures/APP/FUNCTION/….json`.
///
/// A function does not say of itself whether it redirects or sets cookies; its fixtures do.
struct RecordedAnswers {
    /// The folder of fixtures.
    let folder: String

    struct OfFunction {
        var statuses: Set<Int> = []
        /// Names of header fields, in lower case.
        var fields: Set<String> = []
    }

    /// What one function answers; nothing where it has no fixtures.
    ///
    /// A file that is no fixture tells
    /// nothing either: the tests will say so.
    func of(_ function: String, in app: App) -> OfFunction {
        let folder = "\(folder)/\(app.name)/\(function)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.reduce(into: OfFunction()) { answers, name in
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)"),
                let response = (try? JSON(parsing: Array(bytes)))?["response"]
            else { return }
            if let status = try? response["status"]?.decode(as: Int.self) {
                answers.statuses.insert(status)
            }
            if case .object(let fields)? = response["headers"] {
                answers.fields.formUnion(
                    fields.filter { $0.value != .null }.map { $0.name.lowercased() })
            }
        }
    }
}

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
        /// What its answers are, where fixtures say so.
        var mediaTypes: Set<String> = []
    }

    /// The fixtures of the repository in which an app is; none where there is no such folder.
    static func above(_ app: App) -> RecordedAnswers {
        var folder = URL(fileURLWithPath: app.folder)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let path = folder.appendingPathComponent("Tests/Fixtures").path
            if FileManager.default.fileExists(atPath: path) { return RecordedAnswers(folder: path) }
        }
        return RecordedAnswers(folder: "/")
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
                let fields = fields.filter { $0.value != .null }
                answers.fields.formUnion(fields.map { $0.name.lowercased() })
                answers.mediaTypes.formUnion(
                    fields.filter { $0.name.lowercased() == "content-type" }.compactMap(
                        \.value.text)
                )
            }
        }
    }
}

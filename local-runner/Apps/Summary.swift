import Foundation

/// The summary of a function: the first paragraph of the comment above its `@main`.
///
/// An executable does not hold its comments, so the runner reads the source.
enum Summary {
    /// - Returns: one line; empty where there is no comment.
    static func read(from source: String) -> String {
        (try? String(contentsOfFile: source, encoding: .utf8)).map { of($0) } ?? ""
    }

    static func of(_ source: String) -> String {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }
        guard let main = lines.firstIndex(where: { $0 == "@main" || $0.hasPrefix("@main ") }) else {
            return ""
        }
        let comment = lines[..<main].reversed().prefix { $0.hasPrefix("///") }.reversed()
        return comment.map { $0.dropFirst(3).drop { $0 == " " } }.prefix { !$0.isEmpty }
            .joined(separator: " ")
    }
}

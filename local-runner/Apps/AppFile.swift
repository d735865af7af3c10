import Foundation
import Yams

/// What an app says of itself in `app.yaml`.
///
/// A key that is not known is an error: a setting that is silently ignored is worse than none.
struct AppFile: Sendable, Equatable {
    /// The folder's name, too.
    var name: String
    /// A sentence or two.
    var summary: String
    /// Where it answers under every host but its own.
    var prefix: String
    /// Defaults of the variables that its functions declare.
    var variables: [String: String] = [:]
    /// Demo accounts, as the terminal shows them.
    var accounts: [String] = []
    /// Whether it has a database.
    var hasDatabase = false

    static let fileName = "app.yaml"

    /// - Throws: ``RunnerError`` with file and line.
    init(readingFrom folder: String) throws {
        let path = "\(folder)/\(Self.fileName)"
        try self.init(
            yaml: try String(contentsOfFile: path, encoding: .utf8), path: path,
            folder: URL(fileURLWithPath: folder).lastPathComponent)
    }

    /// Reads the file's text.
    ///
    /// Its path is for messages; the folder's name is the app's.
    init(yaml: String, path: String, folder: String) throws {
        let reader = YAMLReader(path: path)
        name = folder
        summary = ""
        prefix = "/" + folder.lowercased()
        for (key, value) in try reader.members(of: reader.parse(yaml)) {
            switch key {
            case "name": name = try reader.text(value, key)
            case "summary": summary = try reader.text(value, key)
            case "prefix": prefix = try reader.text(value, key)
            case "variables":
                for (name, value) in try reader.members(of: value) {
                    variables[name] = try reader.text(value, name)
                }
            case "accounts": accounts = try reader.texts(value, key)
            case "database": hasDatabase = try reader.flag(value, key)
            default:
                throw reader.error(
                    value,
                    """
                    there is no setting "\(key)"; an app has name, summary, prefix, variables, \
                    accounts and database
                    """)
            }
        }
        try check(reader, folder: folder)
    }

    private func check(_ reader: YAMLReader, folder: String) throws {
        guard name == folder else {
            throw reader.error(nil, "the name is \(name), and must be the folder's, \(folder)")
        }
        let isName = name.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
        guard isName,
            name.utf8.allSatisfy({ $0 < 0x80 && Character(Unicode.Scalar($0)).isLetterOrDigit })
        else {
            throw reader.error(
                nil, "an app's name is one word of letters and digits that starts with a capital")
        }
        guard prefix.hasPrefix("/"), prefix.count > 1, !prefix.hasSuffix("/") else {
            throw reader.error(
                nil, "the prefix is \"\(prefix)\"; it must be like \"/\(folder.lowercased())\"")
        }
        guard prefix != "/_", !prefix.hasPrefix("/_/") else {
            throw reader.error(nil, "the prefix /_ is the runner's own; choose another")
        }
        for name in variables.keys where name == "DATABASE_URL" {
            throw reader.error(nil, "\(name) is the runner's to set; remove it from the variables")
        }
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isLetter || isNumber }
}

/// Reads values of YAML, and says in which line one is not what it should be.
struct YAMLReader {
    let path: String

    func parse(_ yaml: String) throws -> Node {
        do {
            return try Yams.compose(yaml: yaml) ?? Node([(Node, Node)]())
        } catch {
            throw RunnerError("\(path): \(error)")
        }
    }

    func error(_ node: Node?, _ problem: String) -> RunnerError {
        let line = node?.mark.map { ":\($0.line)" } ?? ""
        return RunnerError("\(path)\(line): \(problem).")
    }

    func members(of node: Node) throws -> [(String, Node)] {
        if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
        guard case .mapping(let mapping) = node else {
            throw error(node, "lines of \"key: value\" were expected")
        }
        return try mapping.map { (try text($0.key, "a key"), $0.value) }
    }

    func text(_ node: Node, _ key: String) throws -> String {
        guard case .scalar(let scalar) = node else {
            throw error(node, "\(key) must be a text")
        }
        return scalar.string
    }

    func texts(_ node: Node, _ key: String) throws -> [String] {
        guard case .sequence(let sequence) = node else {
            throw error(node, "\(key) must be a list of texts")
        }
        return try sequence.map { try text($0, key) }
    }

    func flag(_ node: Node, _ key: String) throws -> Bool {
        guard let value = node.bool else { throw error(node, "\(key) must be true or false") }
        return value
    }
}

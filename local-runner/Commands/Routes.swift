import ArgumentParser
import FunctionRuntime

/// Lists the functions and where they answer.
struct Routes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List all functions: method, path, name and summary.",
        discussion: "Nothing needs to be running; what is listed is what is built.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print all that functions say of themselves, schemas included, as JSON.")
    var json = false

    func run() throws {
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        let processes = try Guard()
        defer { processes.stop() }
        let catalog = try Catalog.load(workspace, state: state, processes: processes)
        // Two functions on one route are an error here too.
        _ = try Router(mounts: catalog.mounts(databases: []))
        print(json ? catalog.json.pretty : table(of: catalog))
    }

    private func table(of catalog: Catalog) -> String {
        let apps = catalog.entries.map { entry in
            let rows = entry.functions.flatMap { function in
                Self.occasions(of: function.description).map {
                    [$0.kind, $0.place, function.name, function.description.summary]
                }
            }
            let address = "http://localhost:\(common.port)\(entry.app.file.prefix)"
            let header =
                "\(entry.app.name), at http://\(entry.app.host):\(common.port) and \(address)"
            return ([header, ""] + Self.align([["METHOD", "PATH", "FUNCTION", "SUMMARY"]] + rows))
                .joined(separator: "\n")
        }
        return apps.joined(separator: "\n\n")
    }

    private static func occasions(
        of description: FunctionDescription
    ) -> [(kind: String, place: String)] {
        switch description.trigger {
        case .route(let method, let paths): paths.map { (method, $0) }
        case .schedule(let cron): [("cron", cron)]
        case .queue(let queue): [("queue", queue.name)]
        }
    }

    /// Pads all columns but the last.
    static func align(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                column == row.count - 1 ? text : Terminal.pad(text, to: widths[column] + 2)
            }
            return cells.joined()
        }
    }
}

extension Catalog {
    /// All that is known of the apps.
    var json: JSON {
        let apps = entries.map { entry -> JSON in
            [
                "name": .string(entry.app.name), "summary": .string(entry.app.file.summary),
                "host": .string(entry.app.host), "prefix": .string(entry.app.file.prefix),
                "functions": .array(entry.functions.map(\.json)),
            ]
        }
        return ["apps": .array(apps)]
    }
}

extension Catalog.Function {
    fileprivate var json: JSON {
        guard case .object(let members) = description.json else { return .null }
        return .object(
            members + [
                .init("summary", .string(description.summary)),
                .init("executable", .string(executable)),
            ])
    }
}

import Foundation
import FunctionRuntime
import Glibc

/// All apps with what their functions say of themselves.
struct Catalog: Sendable {
    /// An app and its functions, described.
    struct Entry: Sendable {
        var app: App
        var functions: [Function]

        /// What functions declare and neither the environment nor `app.yaml` gives.
        var unsetVariables: [String]
        /// What `app.yaml` gives and no function declares: often a slip of the pen.
        var unusedVariables: [String]
    }

    /// A function that can be run.
    struct Function: Sendable {
        var name: String
        var executable: String
        var description: FunctionDescription
    }

    var entries: [Entry]
    /// How many executables were asked anew.
    var asked: Int
    var functionCount: Int { entries.reduce(0) { $0 + $1.functions.count } }

    /// Reads the apps' folders and describes their functions.
    ///
    /// - Throws: ``RunnerError`` that names what is not built, what a function declares and the
    ///   runner does not have, and whatever else is wrong with an app.
    static func load(_ workspace: Workspace, state: StateFolder, processes: Guard) throws -> Catalog
    {
        try load(
            workspace, apps: try App.all(in: workspace), state: state, processes: processes)
    }

    /// Describes some apps, with those of their functions that they name.
    static func load(
        _ workspace: Workspace, apps: [App], state: StateFolder, processes: Guard
    ) throws -> Catalog {
        let executables = apps.flatMap { app in
            app.functions.map { "\(workspace.executables)/\(app.name)\($0)" }
        }
        try checkBuilt(executables, workspace)
        let describer = Describer(workspace: workspace, state: state, processes: processes)
        let bundle = try describer.describe(executables)
        let entries = try apps.map { app in
            try entry(of: app) { function in
                let executable = "\(workspace.executables)/\(app.name)\(function)"
                let json = bundle.descriptions[executable] ?? .null
                var description = try FunctionDescription(json, of: function)
                description.summary = Summary.read(from: app.source(of: function))
                return Function(name: function, executable: executable, description: description)
            }
        }
        return Catalog(entries: entries, asked: bundle.asked)
    }

    private static func checkBuilt(_ executables: [String], _ workspace: Workspace) throws {
        let missing = executables.filter { access($0, X_OK) != 0 }
        guard !missing.isEmpty else { return }
        let names = missing.map { URL(fileURLWithPath: $0).lastPathComponent }
        throw RunnerError(
            """
            \(names.count) of \(executables.count) functions are not built in \
            \(workspace.short(workspace.executables)): \(names.joined(separator: ", ")). \
            Run "\(workspace.buildCommand)". If that does not make one, Package.swift does not name \
            it: add the folder's name to its app there.
            """)
    }

    private static func entry(of app: App, describe: (String) throws -> Function) throws -> Entry {
        let functions = try app.functions.map(describe)
        for function in functions { try check(function, of: app) }
        let declared = Set(functions.flatMap { $0.description.names(of: "variable") })
        let unset = declared.filter { FunctionEnvironment.value(of: $0, in: app) == nil }
        return Entry(
            app: app, functions: functions, unsetVariables: unset.sorted(),
            unusedVariables: app.file.variables.keys.filter { !declared.contains($0) }.sorted())
    }

    private static func check(_ function: Function, of app: App) throws {
        _ = try function.expression(in: app)
        for binding in function.description.bindings {
            switch binding.kind {
            case "variable": break
            case "database" where !app.file.hasDatabase:
                throw RunnerError(
                    """
                    \(app.name)/\(function.name) declares the database "\(binding.name)", and \
                    \(app.folder)/\(AppFile.fileName) does not say "database: true".
                    """)
            case "database" where binding.name != app.name.lowercased():
                throw RunnerError(
                    """
                    \(app.name)/\(function.name) declares the database "\(binding.name)"; its \
                    app's is "\(app.name.lowercased())".
                    """)
            case "database", "key-value", "objects", "queue", "cache", "mail", "realtime": break
            default:
                throw RunnerError(
                    """
                    \(app.name)/\(function.name) declares "\(binding.name)", a binding of the \
                    kind \(binding.kind), which this runner does not have.
                    """)
            }
        }
    }

    /// The function of `Brainstorm/ListNews`.
    func function(named name: String) throws -> (app: App, function: Function) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw RunnerError(
                "\"\(name)\" names no function; one is named like Brainstorm/ListNews.")
        }
        guard let entry = entries.first(where: { $0.app.name == parts[0] }) else {
            let names = entries.map(\.app.name).joined(separator: ", ")
            throw RunnerError("There is no app \(parts[0]); there are: \(names).")
        }
        guard let function = entry.functions.first(where: { $0.name == parts[1] }) else {
            let names = entry.functions.map(\.name).joined(separator: ", ")
            throw RunnerError("\(parts[0]) has no function \(parts[1]); it has: \(names).")
        }
        return (entry.app, function)
    }
}

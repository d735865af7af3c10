/// Which functions a command is about: `Brainstorm` is an app, `Brainstorm/SignIn` one function.
struct FunctionSelection: Sendable {
    /// As they were typed; all functions where there are none.
    let names: [String]

    /// - Throws: ``RunnerError`` for a name that stands for nothing, with what there is.
    init(_ names: [String], in apps: [App]) throws {
        self.names = names
        for name in names {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count <= 2 else {
                throw RunnerError(
                    """
                    "\(name)" names no function; an app is named like Brainstorm, and one of its \
                    functions like Brainstorm/ListNews.
                    """)
            }
            guard let app = apps.first(where: { $0.name == parts[0] }) else {
                let names = apps.map(\.name).joined(separator: ", ")
                throw RunnerError("There is no app \(parts[0]); there are: \(names).")
            }
            guard parts.count == 1 || app.functions.contains(parts[1]) else {
                let names = app.functions.joined(separator: ", ")
                throw RunnerError("\(app.name) has no function \(parts[1]); it has: \(names).")
            }
        }
    }

    /// The apps with those of their functions that are meant; none without.
    func apps(of apps: [App]) -> [App] {
        apps.compactMap { app in
            guard !names.isEmpty, !names.contains(app.name) else {
                return app.functions.isEmpty ? nil : app
            }
            var app = app
            app.functions = app.functions.filter { names.contains("\(app.name)/\($0)") }
            return app.functions.isEmpty ? nil : app
        }
    }
}

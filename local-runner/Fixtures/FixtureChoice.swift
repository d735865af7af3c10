/// Finds the fixtures that somebody names.
struct FixtureChoice {
    /// All that there are.
    var files: [FixtureFile]
    var apps: [App]

    /// The fixtures of `App`, of `App/Function`, or `App/Function/case`; all where no name is given.
    ///
    /// - Throws: ``RunnerError`` that lists what there is, for a name that none has.
    func files(named names: [String]) throws -> [FixtureFile] {
        guard !names.isEmpty else {
            let known = files.filter { file in apps.contains { $0.name == file.app } }
            guard !known.isEmpty else { throw RunnerError("There are no fixtures.") }
            return known
        }
        var chosen = Set<FixtureFile>()
        for name in names { chosen.formUnion(try files(named: name)) }
        return files.filter(chosen.contains)
    }

    private func files(named name: String) throws -> [FixtureFile] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3 else {
            throw RunnerError(
                "\"\(name)\" names no fixture; one is named like Brainstorm/ListNews/all.")
        }
        guard let app = apps.first(where: { $0.name == parts[0] }) else {
            throw RunnerError("There is no app \(parts[0]); \(Self.list(apps.map(\.name))).")
        }
        var found = files.filter { $0.app == app.name }
        if parts.count > 1 {
            guard app.functions.contains(parts[1]) else {
                throw RunnerError(
                    "\(app.name) has no function \(parts[1]); \(Self.list(app.functions)).")
            }
            found = found.filter { $0.function == parts[1] }
        }
        guard !found.isEmpty else { throw RunnerError("\(name) has no fixtures.") }
        if parts.count > 2 {
            let cases = found.map(\.name)
            found = found.filter { $0.name == parts[2] }
            guard !found.isEmpty else {
                throw RunnerError(
                    "\(parts[0])/\(parts[1]) has no case \(parts[2]); \(Self.list(cases)).")
            }
        }
        return found
    }

    private static func list(_ names: [String]) -> String {
        "there are: \(names.joined(separator: ", "))"
    }
}

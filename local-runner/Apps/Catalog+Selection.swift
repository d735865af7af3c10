extension Catalog {
    /// The apps and functions that somebody has named: `Brainstorm`, `Brainstorm/ListNews`.
    ///
    /// - Parameter names: none where all are meant.
    /// - Returns: apps in the catalog's order, each with those of its functions that are meant.
    /// - Throws: ``RunnerError`` for a name that there is not.
    func selection(_ names: [String]) throws -> [Entry] {
        guard !names.isEmpty else { return entries }
        var wanted: [String: Set<String>] = [:]
        for name in names {
            if let entry = entries.first(where: { $0.app.name == name }) {
                wanted[name, default: []].formUnion(entry.functions.map(\.name))
            } else {
                // A bare name that is no app's is said to be none.
                let (app, function) = try self.function(
                    named: name.contains("/") ? name : "\(name)/")
                wanted[app.name, default: []].insert(function.name)
            }
        }
        return entries.compactMap { entry in
            guard let functions = wanted[entry.app.name] else { return nil }
            var entry = entry
            entry.functions.removeAll { !functions.contains($0.name) }
            return entry
        }
    }
}

/// What the terminal shows once it serves: where each app answers, and who can sign in.
struct Welcome {
    let catalog: Catalog
    let port: Int

    var lines: [String] {
        catalog.entries.flatMap { lines(of: $0) } + [""]
    }

    private func lines(of entry: Catalog.Entry) -> [String] {
        let file = entry.app.file
        var lines = [
            "", file.summary.isEmpty ? file.name : "\(file.name): \(file.summary)",
            "  http://\(entry.app.host):\(port)",
            "  http://localhost:\(port)\(file.prefix)",
            "  \(entry.functions.count) functions",
        ]
        if !file.accounts.isEmpty { lines.append("  Accounts:") }
        lines += file.accounts.map { "    \($0)" }
        if !entry.unsetVariables.isEmpty {
            lines.append(
                "  Declared and not set: \(entry.unsetVariables.joined(separator: ", "))")
        }
        if !entry.unusedVariables.isEmpty {
            lines.append(
                "  In app.yaml, and no function declares it: "
                    + entry.unusedVariables.joined(separator: ", "))
        }
        return lines
    }
}

extension AppDatabase.Changes {
    /// What was done, for the terminal.
    var description: String {
        let parts = [
            isNew ? "new database" : nil,
            migrations == 0 ? nil : migrations == 1 ? "1 migration" : "\(migrations) migrations",
            isSeeded ? "seed planted" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "up to date" : parts.joined(separator: ", ")
    }
}

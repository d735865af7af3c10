extension Catalog {
    /// The functions that run by the clock.
    var scheduled: [Cron.Entry] {
        get throws {
            try entries.flatMap { entry in
                try entry.functions.compactMap { function in
                    try function.expression(in: entry.app).map {
                        Cron.Entry(function: "\(entry.app.name)/\(function.name)", expression: $0)
                    }
                }
            }
        }
    }
}

extension Catalog.Function {
    /// When it runs; nil where no schedule says so.
    ///
    /// - Throws: ``RunnerError`` that names the function, where its schedule cannot be read.
    func expression(in app: App) throws -> CronExpression? {
        guard case .schedule(let cron) = description.trigger else { return nil }
        do {
            return try CronExpression(cron)
        } catch {
            throw RunnerError("The schedule of \(app.name)/\(name) cannot be read. \(error)")
        }
    }
}

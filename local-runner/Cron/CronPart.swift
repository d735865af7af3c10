import FunctionRuntime

/// The scheduled functions at `/_/cron`: GET lists them, POST `fire` runs one.
struct CronPart: Administration.Part {
    let name = "cron"
    let cron: Cron
    let history: CronHistory
    let clock: RunnerClock

    func administer(_ method: String, _ path: [String], _ input: JSON) async throws -> JSON {
        switch (method, path) {
        case ("GET", []):
            let functions = try zip(cron.entries, cron.nextTimes).map { entry, next in
                try json(entry, next: next)
            }
            return ["functions": .array(functions)]
        case ("POST", ["fire"]): return try await fire(input)
        default: throw Failure.notFound("Cron has GET, and POST of fire.")
        }
    }

    private func json(_ entry: Cron.Entry, next: Int64?) throws -> JSON {
        let runs = try history.runs(of: entry.function, limit: 10)
        return [
            "function": .string(entry.function),
            "schedule": .string(entry.expression.description),
            "next": Self.text(next), "runs": .array(runs.map(Self.json)),
        ]
    }

    private static func json(_ run: CronHistory.Run) -> JSON {
        [
            "time": text(run.time), "startedAt": text(run.startedAt),
            "milliseconds": .number(String(run.milliseconds)), "outcome": .string(run.outcome),
            "problem": .string(run.problem), "byHand": .bool(run.isByHand),
        ]
    }

    private static func text(_ time: Int64?) -> JSON {
        time.map { .string(Timestamp(milliseconds: $0).description) } ?? .null
    }

    private func fire(_ input: JSON) async throws -> JSON {
        let name = input["function"]?.text ?? ""
        guard let entry = cron.entries.first(where: { $0.function == name }) else {
            let names = cron.entries.map(\.function).joined(separator: ", ")
            throw Failure.notFound(
                """
                No function \(name) has a schedule; \(names.isEmpty ? "none has" : "there are: \(names)").
                """)
        }
        return Self.json(await cron.runByHand(entry, at: clock.now))
    }
}

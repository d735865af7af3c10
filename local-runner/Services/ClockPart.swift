import FunctionRuntime

/// The clock at `/_/clock`: GET shows it, POST `advance` and `reset` move it.
struct ClockPart: Administration.Part {
    let name = "clock"
    let clock: RunnerClock
    let triggers: Triggers

    /// Ten years, in milliseconds.
    private static let longestAdvance: Int64 = 3653 * 86_400_000

    func administer(_ method: String, _ path: [String], _ input: JSON) async throws -> JSON {
        switch (method, path) {
        case ("GET", []): return .object(members)
        case ("POST", ["advance"]):
            let fired = try await clock.advance(by: try Self.milliseconds(input)) {
                triggers.warn($0)
            }
            return .object(members + [.init("fired", .number(String(fired)))])
        case ("POST", ["reset"]):
            try clock.reset()
            return .object(members)
        default: throw Failure.notFound("The clock has GET, and POST of advance and reset.")
        }
    }

    private var members: [JSON.Member] {
        let now = clock.now
        return [
            .init("now", .string(Timestamp(milliseconds: now).description)),
            .init("time", .number(String(now))), .init("ahead", .number(String(clock.ahead))),
        ]
    }

    private static func milliseconds(_ input: JSON) throws -> Int64 {
        guard case .number(let text)? = input["milliseconds"], let number = Int64(text),
            (1...longestAdvance).contains(number)
        else {
            throw Failure.badRequest(
                "The clock is moved forward by 1 to \(longestAdvance) \"milliseconds\": ten years.")
        }
        return number
    }
}

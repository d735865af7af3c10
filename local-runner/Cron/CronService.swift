import FunctionRuntime
import NIOCore
import NIOHTTP1

/// Cron fired by hand, at the address that Cloudflare's local runtime has for it.
///
/// `GET` or `POST /cdn-cgi/local/scheduled?cron=…&time=…&format=json`:
///
/// - `cron` names the functions that run: all whose expression it is, blanks aside. Without it all
///   scheduled functions run. Cloudflare has one handler for every expression, and so runs it for
///   whatever `cron` says; here one that no function has is a 404.
/// - `time` is what the functions are told, in epoch milliseconds; now, unless given.
/// - The answer is the outcome as text, `ok` or such as `exception`; with `format=json` it is
///   `{"outcome":"ok","noRetry":false}`. Its status is 200 for `ok` and 500 for all else.
///
/// `/cdn-cgi/handler/scheduled` and `/cdn-cgi/mf/scheduled`, its older names, are the same. It takes
/// no credentials, as Cloudflare's takes none; a page of another site in a browser is refused, because
/// something happens.
struct CronService: Service {
    let cron: Cron
    let clock: RunnerClock

    private static let paths: Set = [
        "/cdn-cgi/local/scheduled", "/cdn-cgi/handler/scheduled", "/cdn-cgi/mf/scheduled",
    ]

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && Self.paths.contains(head.path)
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        guard ["GET", "POST"].contains(request.method) else {
            throw Failure(
                405, "method-not-allowed", "\(request.path) takes GET and POST.",
                headers: ["allow": "GET, POST"])
        }
        try BrowserCheck.refuseOtherSites(request.headers)
        let query = try Query(request.query).parameters
        let entries = try cron.entries(of: query["cron"])
        let time = try query["time"].map(Self.time) ?? clock.now
        let runs = await cron.runByHand(entries, at: time)
        let outcome = runs.first { $0.outcome != "ok" }?.outcome ?? "ok"
        let status = outcome == "ok" ? 200 : 500
        guard query["format"] == "json" else {
            return ServiceResponse(
                status: status, type: "text/plain;charset=UTF-8", text: outcome)
        }
        let json: JSON = ["outcome": .string(outcome), "noRetry": false]
        return ServiceResponse(
            status: status, type: "application/json",
            text: String(decoding: json.bytes, as: UTF8.self))
    }

    private static func time(_ text: String) throws -> Int64 {
        guard let time = Int64(text), (0..<253_402_300_800_000).contains(time) else {
            throw Failure.badRequest(
                "\"time\" is \"\(text)\", and must be in milliseconds since 1970.")
        }
        return time
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        Administration.failure(error)
    }
}

extension Query {
    /// The parameters of the address, which is strict about them.
    fileprivate var parameters: [String: String] {
        get throws {
            let known = ["cron", "time", "format"]
            let pairs = pairs
            guard pairs.allSatisfy({ known.contains($0.name) }),
                Set(pairs.map(\.name)).count == pairs.count,
                pairs.allSatisfy({ $0.name != "format" || $0.value == "json" })
            else {
                throw Failure.badRequest(
                    "What may be given, once each: cron, time in milliseconds, format=json.")
            }
            return Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
        }
    }
}

extension Cron {
    /// The functions that have an expression; all, where none is given.
    fileprivate func entries(of cron: String?) throws -> [Entry] {
        guard !entries.isEmpty else {
            throw Failure.notFound("No function of these apps has a schedule.")
        }
        guard let cron else { return entries }
        let chosen = entries.filter { Self.words($0.expression.description) == Self.words(cron) }
        guard !chosen.isEmpty else {
            let known = Set(entries.map(\.expression.description)).sorted()
            throw Failure.notFound(
                "No function has the schedule \"\(cron)\"; there are: \(known.joined(separator: "; "))."
            )
        }
        return chosen
    }

    private static func words(_ text: String) -> [Substring] {
        text.split { $0 == " " || $0 == "\t" }
    }

    /// Runs functions at once, beside each other.
    fileprivate func runByHand(_ entries: [Entry], at time: Int64) async -> [Run] {
        await withTaskGroup { group in
            for (index, entry) in entries.enumerated() {
                group.addTask { (index, await self.runByHand(entry, at: time)) }
            }
            var runs: [(Int, Run)] = []
            for await run in group { runs.append(run) }
            return runs.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

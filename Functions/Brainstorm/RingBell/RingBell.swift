import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Rings the bell: opens the next day of the market, or closes the open one, and shows it to all.
///
/// For admins. The change is audited. At the end of a day everybody's value is noted; the day ends
/// by itself at `endsAt`, where that is given. Of two bells at once the second is refused with 409.
@main
struct RingBell: BrainstormFunction {
    static let route = Route.post("/api/obs/bell")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    enum Action: String {
        case startDay = "start_day"
        case endDay = "end_day"
    }

    struct Input: Decodable {
        var action: JSON?
        var message: Text<1, 200>?
        var endsAt: Timestamp?
    }

    struct Output: Codable {
        var success: Bool
        var event: JSON
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let input = try request.json(as: Input.self)
        guard let action = input.action?.text.flatMap(Action.init) else {
            throw Failure.badRequest("Invalid action")
        }
        if let end = input.endsAt, action == .endDay || end <= request.time {
            throw Failure.invalid([
                .init(path: "endsAt", message: "Belongs to start_day, and must be in the future.")
            ])
        }

        let rung = try database.only(
            """
            SELECT \(OutboxEvent.columns)
            FROM ring_bell(\(action.rawValue), \(input.message), \(input.endsAt)) AS e
            """, as: OutboxEvent.self, after: caller)
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(Output(success: true, event: rung.events[0].json))
    }
}

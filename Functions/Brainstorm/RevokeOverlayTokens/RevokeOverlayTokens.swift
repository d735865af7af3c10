import Brainstorm
import BrainstormLive
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Ends all tokens of overlays, and what they have opened.
///
/// For admins, where one has got into the wrong hands. The change is audited.
@main
struct RevokeOverlayTokens: BrainstormFunction {
    static let route = Route.delete("/api/obs/token")

    var database = Database.brainstorm
    var publisher = Publisher()

    struct Output: Codable {
        var revoked: Int
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)

        let revoked = try database.value(
            "SELECT revoke_overlay_tokens()", as: Int.self, after: caller)
        Live.disconnectOverlays(publisher)
        return try .json(Output(revoked: revoked))
    }
}

import Brainstorm
import FunctionRuntime

/// Shows the overlay, a page that OBS lays over the picture as a browser source.
///
/// For everybody: there is nothing in it. What it shows it fetches with the token in its own address,
/// `?token=`, and by WebSocket with `&transport=websocket`.
@main
struct ShowOverlay: BrainstormFunction {
    static let route = Route.get("/obs")

    func handle(_ request: Request) throws -> Response {
        Response(
            status: 200,
            headers: [
                "content-type": "text/html; charset=utf-8",
                "content-security-policy": OverlayPage.policy,
                "cache-control": "no-cache", "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff",
            ], body: Array(OverlayPage.html.utf8))
    }
}

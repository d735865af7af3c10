import Brainstorm
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Shows figures of the game for Prometheus, in its text format 0.0.4.
///
/// For whoever sends `METRICS_TOKEN` as a bearer token, and for admins. The figures name nobody.
@main
struct ShowMetrics: BrainstormFunction {
    static let route = Route.get("/api/metrics")

    var database = Database.brainstorm
    var token = Variable("METRICS_TOKEN")

    func handle(_ request: Request) throws -> Response {
        let caller = try isScraper(request) ? "SELECT" : request.caller(.admin)

        let samples = try database.rows(
            "SELECT name, kind, help, label, label_value, value FROM metrics(\(request.time))",
            as: Sample.self, after: caller)
        var response = Response.text(Sample.text(of: samples))
        response.headers["content-type"] = "text/plain; version=0.0.4; charset=utf-8"
        return response
    }

    /// Whether the request has the right bearer token.
    ///
    /// - Throws: 401 where it has a wrong one, whatever cookies come with it.
    private func isScraper(_ request: Request) throws -> Bool {
        let authorization = request.headers["authorization"] ?? ""
        guard authorization.lowercased().hasPrefix("bearer ") else { return false }
        guard let token = token.value, constantTimeEquals(String(authorization.dropFirst(7)), token)
        else {
            throw Failure(
                401, "unauthorized", "The bearer token is not that of METRICS_TOKEN.",
                headers: ["www-authenticate": "Bearer"])
        }
        return true
    }
}

import FunctionRuntime
import NIOHTTP1

/// Keeps pages of other sites away from addresses at which something happens and that need no
/// credentials.
///
/// A browser says for whom it asks: with `Sec-Fetch-Site` wherever the address is this machine's, and
/// with `Origin` where a script or a form asks. Other programs send neither.
enum BrowserCheck {
    /// - Throws: ``Failure`` 403 where a page that this server has not sent is behind the request.
    static func refuseOtherSites(_ headers: HTTPHeaders) throws {
        let site = headers.first(name: "sec-fetch-site").map { $0.lowercased() }
        let isOwn = site.map { ["none", "same-origin"].contains($0) } ?? true
        guard isOwn, headers["origin"].allSatisfy({ isLocal($0, headers) }) else {
            throw Failure.forbidden("A page of another site may not ask for this.")
        }
    }

    /// Whether an origin is the server's own, under the name that the request has for it.
    private static func isLocal(_ origin: String, _ headers: HTTPHeaders) -> Bool {
        guard let host = headers.first(name: "host") else { return false }
        return origin.lowercased() == "http://\(host.lowercased())"
    }
}

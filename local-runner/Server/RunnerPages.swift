import NIOCore
import NIOHTTP1

/// What the runner answers on its own paths, outside every app.
enum RunnerPages {
    static func answer(_ call: Call, apps: [Router.App]) -> Answer {
        guard call.path == "/_/health" else {
            return notFound(call, apps).answer(in: nil)
        }
        guard call.method == "GET" || call.isHead else {
            return Refusal.methodNotAllowed(
                call.path, call.method, allow: "GET, HEAD"
            ).answer(in: nil)
        }
        return Answer(status: 200, json: #"{"status":"ok","apps":\#(apps.count)}"#)
    }

    private static func notFound(_ call: Call, _ apps: [Router.App]) -> Refusal {
        var refusal = Refusal.notFound(call.path)
        guard !call.path.hasPrefix("/_/") else { return refusal }
        let host = call.head.headers.first(name: "host") ?? ""
        let port = host.lastIndex(of: ":").map { host[$0...] } ?? ""
        let places = apps.map {
            "\($0.name) below \($0.prefix) and at http://\($0.host)\(port)"
        }.sorted()
        refusal.message +=
            places.isEmpty
            ? " No app is mounted." : " Apps answer here: \(places.joined(separator: "; "))."
        return refusal
    }
}

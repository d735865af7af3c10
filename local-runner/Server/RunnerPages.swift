import NIOCore

/// What the runner answers on its own paths, outside every app.
enum RunnerPages {
    static func answer(_ call: Call, apps: [Router.App]) -> Answer {
        guard call.path == "/_/health" else {
            return notFound(call.path, apps).answer(in: nil)
        }
        guard call.method == "GET" || call.isHead else {
            return Refusal.methodNotAllowed(
                call.path, call.method, allow: "GET, HEAD"
            ).answer(in: nil)
        }
        return Answer(status: 200, json: #"{"status":"ok","apps":\#(apps.count)}"#)
    }

    private static func notFound(_ path: Substring, _ apps: [Router.App]) -> Refusal {
        var refusal = Refusal.notFound(path)
        guard !path.hasPrefix("/_/") else { return refusal }
        let places = apps.map { "\($0.name) below \($0.prefix) and at http://\($0.host)" }.sorted()
        refusal.message +=
            places.isEmpty
            ? " No app is mounted." : " Apps answer here: \(places.joined(separator: "; "))."
        return refusal
    }
}

/// One function where it answers: what the server must know of it.
struct Mount: Sendable {
    /// The app's name, such as `Brainstorm`.
    var app: String
    /// The function's name, such as `ListNews`.
    var function: String
    /// In capitals.
    ///
    /// What answers GET answers HEAD too.
    var method: String
    /// The route's path and its aliases, below the mount, with `{name}` for a placeholder.
    var paths: [String]
    /// Under this host, whatever the port, the app answers at `/`: `brainstorm.localhost`.
    var host: String
    /// Under every other host, it answers below this: `/brainstorm`.
    var prefix: String
    /// The path of the executable.
    var executable: String
    /// The whole environment of its processes.
    var environment: [String: String]
    /// What the runner signs its requests with, where it declares that it uses realtime.
    var realtime: RealtimeKey?
    /// The app's error body, with `{code}` and `{message}` where texts go into JSON strings.
    var envelope: String
    /// Whether clients connect to it with WebSockets.
    var isWebSocket = false

    /// As logs and errors name it: `Brainstorm/ListNews`.
    var name: String { "\(app)/\(function)" }
}

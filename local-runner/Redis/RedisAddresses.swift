/// Where the Redis is that functions keep values in, and as whom they get there.
struct RedisAddresses: Sendable, Equatable {
    /// The address of who may do everything.
    let adminURL: String
    private let apps: [String: String]

    /// Those of a Redis that this runner has started, on a port of the loopback.
    init(port: Int, apps: [App], passwords: Passwords) throws {
        func url(_ user: String) throws -> String {
            let password = try passwords.password(of: Self.role(user))
            return "redis://\(user):\(DatabaseServer.escape(password))@127.0.0.1:\(port)/0"
        }
        adminURL = try url(Self.admin)
        self.apps = try Dictionary(
            uniqueKeysWithValues: apps.map { ($0.name, try url(Self.user(of: $0))) })
    }

    /// Those of a server of the user's own, where all apps are who its address says.
    init(external url: String) {
        adminURL = url
        apps = [:]
    }

    /// What `REDIS_URL` in the runner's own environment names.
    static func external(to state: StateFolder) -> RedisAddresses? {
        state.external("REDIS_URL").map { RedisAddresses(external: $0) }
    }

    /// Those that the copy has given its functions that runs on a state folder; nil for none.
    static func inUse(in state: StateFolder, apps: [App]) throws -> RedisAddresses? {
        try external(to: state) ?? RedisServer.running(in: state, apps: apps)
    }

    /// What a function gets that declares a cache.
    func variables(of app: App) -> [String: String] {
        [
            "REDIS_URL": apps[app.name] ?? adminURL,
            "REDIS_KEY_PREFIX": Self.prefix(of: app),
        ]
    }

    static let admin = "admin"

    /// Who an app is to Redis; PostgreSQL knows it by the same name.
    static func user(of app: App) -> String { app.name.lowercased() + "_function" }

    /// What all keys and channels of an app begin with.
    static func prefix(of app: App) -> String { app.name.lowercased() + ":" }

    /// Under which name a user's password is kept, beside those of other servers.
    static func role(_ user: String) -> String { "redis-\(user)" }
}

import ArgumentParser

/// Serves the apps until it is told to stop.
struct Up: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve all apps (the default command).",
        discussion: """
            Starts a private PostgreSQL and Redis in the state folder, brings each app's database up to its \
            folder Schema/, and serves every function at the route that it declares, under \
            http://<app>.localhost:8787 and http://localhost:8787/<app>.

            DATABASE_URL_<APP> in the environment, the address of an administrating role, puts an \
            app's database on a server of yours, and REDIS_URL the cache. Variables that functions \
            declare come from the environment, or else from app.yaml.

            Ctrl-C stops it in good order; a second one at once. Logs are on standard error; \
            PostgreSQL's and Redis's are in the state folder.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup(title: "Serving") var serving: ServingOptions

    @Flag(help: "Run each request as a fresh CGI process, rather than by warm workers.")
    var cgi = false

    func run() throws {
        try Serving(
            common: common, serving: serving, workers: cgi ? .cgi : .warm, command: "up"
        ).run()
    }
}

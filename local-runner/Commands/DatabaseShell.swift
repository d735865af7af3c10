import ArgumentParser
import Foundation
import Glibc

extension DatabaseCommand {
    /// psql, with a role's rights.
    struct Shell: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open psql on an app's database.",
            discussion: """
                Row-level security holds for the function role and for the owner: without the app's \
                settings they see few rows. The admin sees all.
                """)

        enum Role: String, ExpressibleByArgument, CaseIterable {
            case function
            case owner
            case admin
        }

        @OptionGroup var options: DatabaseOptions

        @Option(help: "Who to be: the role of functions, the owner of the tables, or above both.")
        var role = Role.admin

        func run() throws {
            try options.withDatabases("shell") { databases, _ in
                guard let database = databases.first, databases.count == 1 else {
                    let names = databases.map(\.app).joined(separator: ", ")
                    throw RunnerError("Name one app: \(names.isEmpty ? "none has one" : names).")
                }
                let status = try open(database)
                guard status == .exited(0) else {
                    if case .exited(let code) = status { throw ExitCode(code) }
                    throw RunnerError("psql \(status).")
                }
            }
        }

        /// Runs psql in the runner's own process group, so that the terminal is its as well.
        private func open(_ database: AppDatabase) throws -> ExitStatus {
            var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
            if role == .owner { environment["PGOPTIONS"] = "-c role=\(database.owner)" }
            let address =
                role == .function
                ? try database.functionURL : database.server.adminURL(database: database.name)
            // A password among the arguments would be there for everybody to see.
            let connection = DatabaseServer.split(address)
            environment["PGPASSWORD"] = connection.password
            // What is typed belongs to psql, Ctrl-C included.
            signal(SIGINT, SIG_IGN)
            let psql = try PostgresPrograms.find().path(of: "psql")
            let child = ChildProcess(
                executable: psql, arguments: [connection.url], environment: environment,
                standardInput: .inherited)
            let pid = try child.spawn(group: getpgrp())
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            return ExitStatus(waitStatus: status)
        }
    }
}

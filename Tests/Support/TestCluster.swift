import FunctionPostgres

@testable import LocalRunner

/// The PostgreSQL of the test process: a private cluster as the runner makes it, in a folder that
/// goes with the process.
enum TestCluster {
    static let server = Result {
        let state = try StateFolder(try Children.folder("state"))
        let cluster = try PostgresCluster.start(in: state, processes: Children.processes.get())
        let connection = try Connection(cluster.adminURL)
        // Nothing here outlives a crash of the machine.
        for setting in ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"] {
            try connection.execute("ALTER SYSTEM SET \(setting) = off")
        }
        try connection.execute("SELECT pg_reload_conf()")
        return cluster.server
    }
}

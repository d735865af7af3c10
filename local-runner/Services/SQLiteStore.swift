import Foundation
import GRDB
import Glibc

/// Opens the SQLite databases of the state folder, one a service.
///
/// They are in WAL mode with `synchronous = NORMAL`: a commit is a write to the log and no fsync. So
/// what was acknowledged survives whatever happens to the runner's process; a crash of the machine
/// itself may lose the last moments, as it may with any emulator, but leaves the file whole.
enum SQLiteStore {
    /// Opens a database, and brings its tables up to date.
    ///
    /// - Parameters:
    ///   - name: of the file in the state folder, such as `queues.sqlite`.
    ///   - state: the folder.
    ///   - migrations: statements by name, in order; one that was released is never edited.
    /// - Returns: the database, to be used from any thread.
    /// - Throws: ``RunnerError`` where the file is no database or cannot be written.
    static func open(
        _ name: String, in state: StateFolder, migrations: KeyValuePairs<String, String>
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")
        }
        do {
            // SQLite gives the files beside it the permissions of this one.
            close(Glibc.open(state.file(name), O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
            let queue = try DatabaseQueue(path: state.file(name), configuration: configuration)
            var migrator = DatabaseMigrator()
            for (name, sql) in migrations {
                migrator.registerMigration(name) { try $0.execute(sql: sql) }
            }
            try migrator.migrate(queue)
            return queue
        } catch {
            throw RunnerError(
                """
                \(state.file(name)) cannot be opened: \(error). Restore it from a snapshot, or \
                delete it with nothing running; what it holds is lost then.
                """)
        }
    }
}

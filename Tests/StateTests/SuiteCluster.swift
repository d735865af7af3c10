import Foundation
import Testing

@testable import LocalRunner
@testable import TestSupport

/// A cluster for the tests of one suite, stopped and removed when they are through.
struct SuiteCluster: Sendable {
    let cluster: PostgresCluster
    let folder: TemporaryFolder

    @TaskLocal static var current: SuiteCluster?

    /// An app's database on it, with a folder of its own for the SQL files.
    ///
    /// No two tests use one name.
    static func database(
        _ app: String, _ schema: [String: String], server: DatabaseServer? = nil
    ) throws -> (database: AppDatabase, files: SchemaFiles) {
        let current = try #require(Self.current)
        let files = SchemaFiles(folder: current.folder, app: app)
        for (name, sql) in schema { try files.write(sql, to: name) }
        return (
            AppDatabase(
                app: app, server: server ?? current.cluster.server, schemaFolder: files.path),
            files
        )
    }
}

/// The SQL files of one app, which stay as long as the cluster.
struct SchemaFiles {
    let folder: TemporaryFolder
    let app: String

    var path: String { "\(folder.path)/\(app)" }

    func write(_ sql: String, to name: String) throws {
        try folder.write(sql, to: "\(app)/\(name)")
    }

    func remove(_ name: String) throws {
        try folder.remove("\(app)/\(name)")
    }
}

/// Gives a suite a cluster.
struct WithCluster: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let cluster = try PostgresCluster.start(
            in: StateFolder(folder.path + "/state"), processes: Children.processes.get())
        defer { cluster.stop() }
        let current = SuiteCluster(cluster: cluster, folder: folder)
        try await SuiteCluster.$current.withValue(current) { try await body() }
    }
}

extension SuiteTrait where Self == WithCluster {
    static var withCluster: WithCluster { WithCluster() }
}

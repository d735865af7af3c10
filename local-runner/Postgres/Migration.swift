import Foundation
import FunctionCrypto

/// One step of an app's schema: a file `Schema/NNNN-name.sql`.
struct Migration: Sendable, Equatable {
    let number: Int
    /// Without number and suffix: `accounts` of `0001-accounts.sql`.
    let name: String
    let sql: String
    /// The file's path, for messages.
    let path: String

    /// SHA-256 of the text, as it is recorded.
    var checksum: String { Hex.encode(Hash.sha256.digest(of: sql)) }

    /// The migrations of an app, in order.
    ///
    /// - Throws: ``RunnerError`` for a file that is neither a migration nor the seed, for a number
    ///   that occurs twice and for one that is missing.
    static func all(in folder: String) throws -> [Migration] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw RunnerError(
                """
                \(folder) cannot be read: \(error.localizedDescription) An app that says \
                "database: true" has its migrations there.
                """)
        }
        let migrations = try files.filter { $0 != Seed.fileName && !$0.hasPrefix(".") }.sorted()
            .map { try Migration(file: $0, in: folder) }
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            let isTwice = index > 0 && migrations[index - 1].number == migration.number
            throw RunnerError(
                isTwice
                    ? """
                    \(migrations[index - 1].path) and \(migration.path) have one number; \
                    renumber the one that is not applied anywhere yet.
                    """
                    : """
                    \(migration.path) follows number \(index), so it should have the number \
                    \(index + 1); migrations are numbered from 0001 without gaps.
                    """)
        }
        return migrations
    }

    private init(file: String, in folder: String) throws {
        path = "\(folder)/\(file)"
        let stem = file.hasSuffix(".sql") ? file.dropLast(4) : ""
        let parts = stem.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 4,
            parts[0].utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let number = Int(parts[0])
        else {
            throw RunnerError(
                """
                \(path) is neither a migration, which is named like 0001-accounts.sql, nor \
                \(Seed.fileName).
                """)
        }
        self.number = number
        name = String(parts[1])
        sql = try String(contentsOfFile: path, encoding: .utf8)
    }
}

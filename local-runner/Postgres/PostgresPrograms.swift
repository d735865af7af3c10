import Foundation
import Glibc

/// PostgreSQL's programs, of one version.
struct PostgresPrograms: Sendable {
    /// The folder that holds them.
    let folder: String
    /// The major version, such as 15.
    let version: Int

    func path(of program: String) -> String { "\(folder)/\(program)" }

    /// Finds the programs of the major version that made the data, or else of the highest.
    ///
    /// Debian keeps each version in a folder of its own; others have one on the PATH.
    static func find(version: Int? = nil) throws -> PostgresPrograms {
        let debian =
            (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql"))
            .map { $0.compactMap { Int($0) }.sorted(by: >) } ?? []
        var found = debian.map {
            PostgresPrograms(folder: "/usr/lib/postgresql/\($0)/bin", version: $0)
        }
        for folder in (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":") {
            if let version = Self.version(in: String(folder)) {
                found.append(PostgresPrograms(folder: String(folder), version: version))
            }
        }
        found.removeAll { access($0.path(of: "postgres"), X_OK) != 0 }
        guard let first = found.first(where: { version == nil || $0.version == version }) else {
            throw missing(version, found: found.map(\.version))
        }
        return first
    }

    private static func missing(_ version: Int?, found: [Int]) -> RunnerError {
        guard let version else {
            return RunnerError(
                """
                PostgreSQL's server is not installed; local-runner/up installs it. Or set \
                DATABASE_URL_<APP> to an administrating role of a server that runs elsewhere.
                """)
        }
        let others = found.map(String.init).joined(separator: ", ")
        return RunnerError(
            """
            The databases were made by PostgreSQL \(version), which is not installed \
            (\(others.isEmpty ? "nor is any other" : "but \(others) is")). Install \
            postgresql-\(version), or delete the state folder to start with new databases.
            """)
    }

    /// The version of the programs in a folder of the PATH, told by where `initdb` really is or by
    /// what it says.
    private static func version(in folder: String) -> Int? {
        let program = folder + "/initdb"
        guard access(program, X_OK) == 0, access(folder + "/postgres", X_OK) == 0,
            let output = popen("'\(program)' --version", "r")
        else { return nil }
        defer { pclose(output) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, output) != nil else { return nil }
        // "initdb (PostgreSQL) 17.2"
        let text = String(
            decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.split(separator: ") ").last.flatMap { Int($0.prefix(while: \.isNumber)) }
    }
}

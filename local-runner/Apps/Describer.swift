import Foundation
import FunctionRuntime
import Glibc
import Synchronization

/// Asks executables what they are, several at a time, and remembers the answers.
///
/// `STATE/bundle-<configuration>.json` holds what each executable said, beside its size and the time
/// when it was last written; one that has changed is asked again. So a start with 200 functions asks
/// only those that were built since. What is known of executables that this time nobody wants to know
/// of stays, as long as they are there.
struct Describer {
    let workspace: Workspace
    let state: StateFolder
    let processes: Guard

    /// What one executable said, and which executable that was.
    private struct Entry: Decodable {
        var executable: String
        /// Size and modification time, which a new build changes.
        var version: String
        var description: JSON
    }

    /// What came of it.
    struct Bundle {
        /// By the path of the executable.
        var descriptions: [String: JSON] = [:]
        /// How many were asked, the others being known.
        var asked = 0
    }

    /// Describes executables, all of which must exist; one that does not answer is an error.
    func describe(_ executables: [String]) throws -> Bundle {
        let known = Dictionary(readCache().map { ($0.executable, $0) }) { $1 }
        var entries: [Entry] = []
        var unknown: [(executable: String, version: String)] = []
        for executable in executables {
            let version = try Self.version(of: executable)
            if let entry = known[executable], entry.version == version {
                entries.append(entry)
            } else {
                unknown.append((executable, version))
            }
        }
        let answers = try ask(unknown.map(\.executable))
        entries += zip(unknown, answers).map {
            Entry(executable: $0.executable, version: $0.version, description: $1)
        }
        let wanted = Set(executables)
        let others = known.values.filter {
            !wanted.contains($0.executable) && access($0.executable, F_OK) == 0
        }.sorted { $0.executable < $1.executable }
        if !unknown.isEmpty || known.count != entries.count + others.count {
            try writeCache(entries + others)
        }
        return Bundle(
            descriptions: Dictionary(entries.map { ($0.executable, $0.description) }) { $1 },
            asked: unknown.count)
    }

    private var cache: String { "bundle-\(workspace.configuration).json" }

    /// A cache that cannot be read is none.
    private func readCache() -> [Entry] {
        guard let bytes = try? state.read(cache), let json = try? JSON(parsing: bytes) else {
            return []
        }
        return (try? json.decode(as: [Entry].self)) ?? []
    }

    private func writeCache(_ entries: [Entry]) throws {
        let json = JSON.array(
            entries.map {
                [
                    "executable": .string($0.executable), "version": .string($0.version),
                    "description": $0.description,
                ]
            })
        try state.write(json.bytes, to: cache)
    }

    private static func version(of executable: String) throws -> String {
        var status = stat()
        guard stat(executable, &status) == 0 else { throw SystemCallError("Finding \(executable)") }
        return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// Asks all, as many at a time as there are processors.
    private func ask(_ executables: [String]) throws -> [JSON] {
        let answers = Mutex<[Int: Result<JSON, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: executables.count) { index in
            let answer = Result { try ask(executables[index]) }
            answers.withLock { $0[index] = answer }
        }
        return try answers.withLock { answers in
            try executables.indices.compactMap { try answers[$0]?.get() }
        }
    }

    private func ask(_ executable: String) throws -> JSON {
        let run = try processes.output(
            of: ChildProcess(executable: executable, arguments: ["--describe"]), seconds: 10)
        guard run.status == .exited(0), let json = try? JSON(parsing: run.output) else {
            let said = String(decoding: run.output.suffix(500), as: UTF8.self)
            throw RunnerError(
                """
                \(workspace.short(executable)) does not describe itself: with --describe it \
                \(run.status), and wrote: \(said.isEmpty ? "nothing" : said)
                """)
        }
        return json
    }
}

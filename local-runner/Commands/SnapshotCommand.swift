import ArgumentParser
import Foundation
import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import Glibc

/// Keeps a copy of the whole state.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Keep a copy of the whole state, databases included, or list the copies.",
        discussion: """
            A snapshot is one moment of everything in the state folder. A copy of the runner that \
            serves stops for it, after the requests under way, and starts again by itself; that \
            takes a second or two.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("What to call it; without a name, list what there is."))
    var name: String?

    @Flag(help: "Replace one of that name.")
    var replace = false

    @Flag(help: "Delete the one of that name.")
    var delete = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let state = try common.stateFolder(in: common.workspace())
        let snapshots = Snapshots(state: state)
        guard let name else { return try list(snapshots) }
        if delete {
            try snapshots.delete(name)
            return print("Deleted the snapshot \(name).")
        }
        let servers = try Self.externalServers(common, state)
        try snapshots.perform(.keep(name, replacing: replace), with: common)
        let size = try snapshots.entries().first { $0.name == name }?.size ?? 0
        print("Kept the snapshot \(name), \(Self.words(bytes: size)).")
        for server in servers { print("\(server) is on a server of yours, and not in it.") }
    }

    private func list(_ snapshots: Snapshots) throws {
        let entries = try snapshots.entries()
        let listing = Listing(
            columns: ["name", "made", "size"],
            rows: entries.map {
                [$0.name, Self.time($0.date), Self.words(bytes: $0.size)]
            }, nothing: "There is no snapshot; \"local-runner snapshot NAME\" makes one.")
        listing.print(
            json: json
                ? .array(
                    entries.map {
                        [
                            "name": .string($0.name), "made": .string(Self.time($0.date)),
                            "bytes": .number(String($0.size)),
                        ]
                    }) : nil)
    }

    private static func time(_ date: Date) -> String {
        Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000)).description
    }

    private static func words(bytes: Int) -> String {
        String(format: "%.1f MB", Double(bytes) / 1e6)
    }

    /// What lives outside of the state folder, by the environment's own words.
    private static func externalServers(
        _ common: CommonOptions, _ state: StateFolder
    ) throws -> [String] {
        let databases = try App.all(in: common.workspace()).map {
            "DATABASE_URL_\($0.name.uppercased())"
        }
        return (databases + ["REDIS_URL"]).filter { state.external($0) != nil }
    }
}

/// Brings a copy of the state back.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a snapshot in the place of the state, databases included.",
        discussion: """
            What the state is now is lost; keep a snapshot of it first. A copy of the runner that \
            serves stops for it and starts again by itself.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The snapshot; \"local-runner snapshot\" lists them.")
    var name: String

    func run() throws {
        let state = try common.stateFolder(in: common.workspace())
        try Snapshots(state: state).perform(.bringBack(name), with: common)
        print("Brought back the snapshot \(name).")
    }
}

extension Snapshots {
    /// How long a copy of the runner may take to stop, copy and start, in seconds.
    private static let patience = 600

    /// Does it here where nothing runs, or has the running copy do it.
    fileprivate func perform(_ work: Errand.Work, with common: CommonOptions) throws {
        try check(work)
        if let lock = try StateLock.takeIfFree(in: state, port: 0, command: "snapshot") {
            defer { withExtendedLifetime(lock) {} }
            if let folder = ClusterFolder.existing(in: state) {
                try Postmaster.stopStale(on: folder)
            }
            return try perform(work)
        }
        let id = try Token.make()
        _ = try RunningCopy(common).administer("POST", "state", Self.order(work, id))
        var absences = 0
        for _ in 0..<Self.patience * 20 {
            usleep(50_000)
            if let result = try result(of: id), Self.isServing(state) {
                if let problem = result["problem"]?.text { throw RunnerError(problem) }
                return
            }
            // Between its two lives nobody holds the lock, for a moment.
            absences = try StateLock.isHeld(in: state) ? 0 : absences + 1
            guard absences < 100 else {
                throw RunnerError("The running copy has not started again; its terminal says why.")
            }
        }
        throw RunnerError("The running copy has not said after ten minutes that it is done.")
    }

    private static func order(_ work: Errand.Work, _ id: String) -> JSON {
        switch work {
        case .keep(let name, let replacing):
            ["id": .string(id), "snapshot": .string(name), "replace": .bool(replacing)]
        case .bringBack(let name): ["id": .string(id), "restore": .string(name)]
        }
    }

    /// What came of an errand; nil until it is done.
    private func result(of id: String) throws -> JSON? {
        guard let bytes = try state.read(Errand.result), let json = try? JSON(parsing: bytes),
            json["id"] == .string(id)
        else { return nil }
        return json
    }

    private static func isServing(_ state: StateFolder) -> Bool {
        guard (try? StateLock.isHeld(in: state)) == true,
            let port = StateLock.holder(in: state)?.port
        else { return false }
        var options = HTTP.Options()
        options.attempts = 1
        let request = HTTP.Request("GET", "http://127.0.0.1:\(port)/_/health")
        return (try? HTTP(options).send(request))?.isSuccess == true
    }
}

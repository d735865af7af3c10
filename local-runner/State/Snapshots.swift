import Foundation
import FunctionRuntime
import Glibc

/// Named copies of the whole state: databases, Redis, keys, objects, queues, mail, passwords, clock.
///
/// They lie in `STATE/snapshots/NAME`, and are made and brought back while nothing runs on the
/// state, so that each is exactly one moment. A file system that can share blocks between copies
/// (Btrfs, XFS) does, and a copy then takes neither time nor space.
struct Snapshots {
    let state: StateFolder

    private static let folder = "snapshots"
    /// The link or folder of the cluster, which may lie outside of the state folder.
    private static let cluster = "postgres"
    /// What belongs to a run and not to the state.
    private static let passing: Set = [folder, "lock", Errand.result]

    /// A snapshot that there is.
    struct Entry: Sendable {
        var name: String
        /// When it was made.
        var date: Date
        /// In bytes.
        var size: Int
    }

    /// All that there are, the oldest first.
    func entries() throws -> [Entry] {
        let folder = URL(fileURLWithPath: state.file(Self.folder))
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { !$0.hasPrefix(".") }
            .map { name in
                let path = folder.appendingPathComponent(name).path
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                return Entry(
                    name: name, date: attributes[.modificationDate] as? Date ?? .distantPast,
                    size: Self.size(of: path))
            }
            .sorted { $0.date < $1.date }
    }

    /// Finds out, before anything is stopped for it, whether it can be done.
    ///
    /// - Throws: ``RunnerError`` where it cannot.
    func check(_ work: Errand.Work) throws {
        switch work {
        case .bringBack(let name): _ = try existing(name)
        case .keep(let name, let replacing): _ = try free(name, replacing: replacing)
        }
    }

    func perform(_ work: Errand.Work) throws {
        switch work {
        case .bringBack(let name): try bringBack(name)
        case .keep(let name, let replacing): try keep(name, replacing: replacing)
        }
    }

    /// Copies the state.
    ///
    /// - Parameters:
    ///   - name: of the snapshot.
    ///   - replacing: whether one of that name may be replaced.
    /// - Throws: ``RunnerError`` where the name is taken or nothing can be copied; what was there
    ///   before is then still there.
    func keep(_ name: String, replacing: Bool) throws {
        let target = try free(name, replacing: replacing)
        let draft = state.file("\(Self.folder)/.draft")
        try Self.remove(draft)
        try FileManager.default.createDirectory(
            atPath: draft, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o710]
        )
        for item in try items() { try copy(state.file(item), to: "\(draft)/\(item)") }
        try Self.remove(target)
        guard rename(draft, target) == 0 else { throw SystemCallError("Naming \(target)") }
    }

    /// Puts a snapshot in the place of the state, which is lost.
    ///
    /// All of it is copied before anything is replaced.
    func bringBack(_ name: String) throws {
        let source = try existing(name)
        let draft = state.file(".restoring")
        try Self.remove(draft)
        try copy(source, to: draft)
        let cluster = Self.target(ofLink: state.file(Self.cluster))
        for item in try items() where item != Self.cluster { try Self.remove(state.file(item)) }
        try Self.remove(cluster)
        for item in try FileManager.default.contentsOfDirectory(atPath: draft) {
            let place = item == Self.cluster ? cluster : state.file(item)
            // The cluster may lie on another file system.
            if rename("\(draft)/\(item)", place) != 0 { try copy("\(draft)/\(item)", to: place) }
        }
        try Self.remove(draft)
    }

    /// Removes a snapshot.
    func delete(_ name: String) throws {
        try Self.remove(try existing(name))
    }

    /// What the state consists of: names in its folder, without logs and what passes.
    private func items() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state.path).filter {
            !Self.passing.contains($0) && !$0.hasPrefix(".") && !$0.contains(".log")
        }
    }

    private func free(_ name: String, replacing: Bool) throws -> String {
        let path = try path(of: name)
        guard replacing || !FileManager.default.fileExists(atPath: path) else {
            throw RunnerError("There is a snapshot \(name) already; --replace replaces it.")
        }
        return path
    }

    private func path(of name: String) throws -> String {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard isName, !name.isEmpty, name.utf8.count <= 64, !name.hasPrefix(".") else {
            throw RunnerError(
                """
                "\(name)" cannot name a snapshot; a name has letters, digits, ".", "-" and "_", 64 \
                at most, and no dot at its start.
                """)
        }
        return state.file("\(Self.folder)/\(name)")
    }

    private func existing(_ name: String) throws -> String {
        let path = try path(of: name)
        guard FileManager.default.fileExists(atPath: path) else {
            let names = try entries().map(\.name).joined(separator: ", ")
            throw RunnerError(
                """
                There is no snapshot \(name); there are: \(names.isEmpty ? "none" : names).
                """)
        }
        return path
    }
}

extension Snapshots {
    /// Copies a file, or a folder with all that is in it, owners and permissions included.
    ///
    /// A link at the start is followed; within, links stay links.
    private func copy(_ source: String, to target: String) throws {
        let processes = try Guard()
        defer { processes.stop() }
        let status = try processes.run(
            ChildProcess(
                executable: "/bin/cp",
                arguments: ["-a", "--reflink=auto", "-T", Self.target(ofLink: source), target],
                environment: ["PATH": "/usr/bin:/bin"]))
        guard status == .exited(0) else {
            throw RunnerError("Copying \(source) to \(target) failed: cp \(status).")
        }
    }

    /// Where a link leads; the path itself where it is none.
    private static func target(ofLink path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    private static func remove(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    private static func size(of folder: String) -> Int {
        let names = FileManager.default.enumerator(atPath: folder)
        var size = 0
        while let name = names?.nextObject() as? String {
            var status = stat()
            if lstat("\(folder)/\(name)", &status) == 0 { size += Int(status.st_size) }
        }
        return size
    }
}

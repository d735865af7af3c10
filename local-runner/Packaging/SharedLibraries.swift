import Foundation
import Glibc

/// The shared libraries that an executable loads, by the tools of this machine.
struct SharedLibraries {
    /// One as the loader finds it.
    struct Library: Sendable, Hashable {
        /// As executables name it, such as `libpq.so.5`.
        var name: String
        /// Where it is here.
        var path: String
    }

    let processes: Guard

    /// All that an executable loads, and what those load, sorted by name.
    ///
    /// The loader itself is among them. Where the executable is wholly static there are none.
    func closure(of executable: String) throws -> [Library] {
        let lines = try output("/usr/bin/ldd", [executable])
        var libraries: Set<Library> = []
        for line in lines {
            // "libpq.so.5 => /lib/…/libpq.so.5 (0x…)", or "/lib64/ld-linux-x86-64.so.2 (0x…)".
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard let name = words.first, words.count > 1 else { continue }
            if words.count > 2, words[1] == "=>" {
                guard words[2].hasPrefix("/") else {
                    throw RunnerError("\(executable) needs \(name), which this machine lacks.")
                }
                libraries.insert(Library(name: name, path: words[2]))
            } else if name.hasPrefix("/") {
                let file = URL(fileURLWithPath: name).lastPathComponent
                libraries.insert(Library(name: file, path: name))
            }
        }
        return libraries.sorted { $0.name < $1.name }
    }

    /// The Debian packages of what executables themselves name, sorted.
    ///
    /// To install them brings the rest. The C library's is left out, as every system has it.
    func packages(of executables: [String]) throws -> [String] {
        var places: [String: String] = [:]
        for executable in executables {
            let needed = try needed(by: executable)
            // Most need the same; asking the loader takes the longest.
            guard !needed.isSubset(of: places.keys) else { continue }
            for library in try closure(of: executable) where needed.contains(library.name) {
                places[library.name] = library.path
            }
        }
        guard !places.isEmpty else { return [] }
        // Debian's lists have the place from before /lib became a link to /usr/lib, or after; what is
        // in neither is no package's.
        let paths = places.values.sorted().flatMap {
            $0.hasPrefix("/usr/") ? [$0] : [$0, "/usr" + $0]
        }
        let lines = try output("/usr/bin/dpkg-query", ["-S"] + paths, orStatus: 1)
        // "libpq5:amd64: /usr/lib/x86_64-linux-gnu/libpq.so.5"
        let found = lines.compactMap { $0.split(separator: ":").first.map(String.init) }
        return Set(found).subtracting(["libc6", "libgcc-s1", "libstdc++6"]).sorted()
    }

    private func needed(by executable: String) throws -> Set<String> {
        let lines = try output("/usr/bin/readelf", ["-d", executable])
        // " 0x0000000000000001 (NEEDED)             Shared library: [libpq.so.5]"
        let names = lines.filter { $0.contains("(NEEDED)") }.compactMap { line in
            line.split(separator: "[").last?.split(separator: "]").first.map(String.init)
        }
        return Set(names)
    }

    /// The lines that a program prints; none where it fails, but for a status that tells of less.
    private func output(
        _ program: String, _ arguments: [String], orStatus other: Int32 = 0
    ) throws -> [String] {
        guard access(program, X_OK) == 0 else {
            throw RunnerError("\(program) is missing; local-runner/install installs it.")
        }
        var child = ChildProcess(
            executable: program, arguments: arguments, environment: ["PATH": "/usr/bin:/bin"])
        child.standardError = .null
        let run = try processes.output(of: child, seconds: 30)
        guard run.status == .exited(0) || run.status == .exited(other) else { return [] }
        return String(decoding: run.output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

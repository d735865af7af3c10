import ArgumentParser
import Foundation

/// Writes what a host needs to run functions.
struct PackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Build functions for production, and write what a host needs to run them.",
        discussion: """
            The release build is made first; what has not changed is neither built nor written \
            again. Values of this machine are in no package: what a function needs is named, and \
            the README.md in it says where to put it.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The kind of host.", valueName: "host"))
    var target: HostTarget

    @Option(
        help: ArgumentHelp(
            "The folder to write to, relative to the repository; .build/package/TARGET otherwise.",
            valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("Where the host will have the package.", valueName: "folder"))
    var prefix = "/opt/apus"

    @Option(help: ArgumentHelp("Where the host will have the sockets.", valueName: "folder"))
    var sockets = "/run/apus"

    @Flag(help: "Package the executables that were built before, as they are.")
    var skipBuild = false

    @Argument(
        help: ArgumentHelp(
            "Apps, such as Brainstorm, and functions, such as Brainstorm/SignIn; without any, all.",
            valueName: "app/function"))
    var names: [String] = []

    func validate() throws {
        for (option, folder) in [("--prefix", prefix), ("--sockets", sockets)] {
            guard folder.hasPrefix("/"), folder.count > 1, !folder.hasSuffix("/"),
                folder.utf8.allSatisfy(Self.isPlain)
            else {
                throw ValidationError(
                    """
                    \(option) is "\(folder)"; it must be an absolute path of letters, digits and \
                    ". _ - /", without a slash at its end, such as /opt/apus.
                    """)
            }
        }
    }

    /// Whether a character means itself in every configuration that a folder comes to stand in.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    func run() throws {
        let workspace = try Workspace(apps: common.apps, isRelease: true)
        let folder = try PackageFolder(
            workspace.resolve(output ?? ".build/package/\(target.rawValue)"))
        let apps = try App.all(in: workspace)
        let chosen = try FunctionSelection(names, in: apps).apps(of: apps)
        let state = try common.stateFolder(in: workspace)
        let processes = try Guard()
        defer { processes.stop() }
        let terminal = Terminal()
        if !skipBuild {
            terminal.print("Building \(Self.count(chosen.reduce(0) { $0 + $1.functions.count })).")
            try ReleaseBuild(workspace: workspace, processes: processes).run(chosen)
        }
        let catalog = try Catalog.load(
            workspace, apps: chosen, state: state, processes: processes)
        let packager = target.packager
        let bundle = try bundle(of: catalog, workspace, processes, terminal)
        try write(try packager.files(of: bundle), to: folder, workspace, terminal)
        for warning in try packager.warnings(about: bundle) { terminal.print("Note: \(warning)") }
        terminal.print(
            """
            \(Self.count(bundle.functions.count)) packaged for \(target.rawValue) in \
            \(workspace.short(folder.path)) after \(terminal.total.drop { $0 == " " }).
            """)
    }

    /// What the host can run, stripped; of the rest it is told why not, in the doctor's words.
    private func bundle(
        of catalog: Catalog, _ workspace: Workspace,
        _ processes: Guard, _ terminal: Terminal
    ) throws -> PackageBundle {
        let stripped = StrippedExecutables(
            folder: workspace.resolve(".build/package/.stripped"), processes: processes)
        let answers = RecordedAnswers(folder: workspace.resolve("Tests/Fixtures"))
        let parts = try catalog.entries.compactMap { entry -> PackageBundle.Part? in
            let functions = try entry.functions.compactMap { function -> Catalog.Function? in
                let subject = Subject(
                    app: entry.app, function: function, host: .of(target),
                    answers: answers.of(function.name, in: entry.app), environment: [:])
                if let obstacle = try subject.obstacle {
                    terminal.print("  left out   \(subject.name): \(obstacle.sentences)")
                    return nil
                }
                var function = function
                function.executable = try stripped.copy(of: function.executable)
                return function
            }
            return functions.isEmpty ? nil : .init(app: entry.app, functions: functions)
        }
        guard !parts.isEmpty else {
            throw RunnerError("No function is left to package; the reasons stand above.")
        }
        return PackageBundle(
            parts: parts, prefix: prefix, sockets: sockets, processes: processes)
    }

    private func write(
        _ files: [PackageFile], to folder: PackageFolder, _ workspace: Workspace,
        _ terminal: Terminal
    ) throws {
        try folder.write(files) { file, change, size in
            let words = Terminal.pad(change.rawValue, to: 11) + Terminal.pad(file.path, to: 44)
            let amount = size < 100_000 ? "" : String(format: "%5.1f MB", Double(size) / 1e6)
            terminal.print("  " + (amount.isEmpty ? words.trimmed : words + amount))
        }
    }

    private static func count(_ functions: Int) -> String {
        functions == 1 ? "1 function" : "\(functions) functions"
    }
}

extension String {
    /// Without spaces at its end.
    fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}

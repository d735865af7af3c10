import FunctionRuntime

@testable import LocalRunner
@testable import TestSupport

/// Functions that no compiler has made, for what is written about them.
enum Parts {
    /// A function that is asked by GET, as `--describe` would have it.
    static func function(
        _ name: String, _ paths: [String], variables: [String] = [],
        executable: String = "/bin/true", envelope: String = Refusal.envelope
    ) throws -> Catalog.Function {
        try function(
            name, "GET", paths, variables: variables, executable: executable, envelope: envelope)
    }

    /// A function with any method.
    static func function(
        _ name: String, _ method: String, _ paths: [String], variables: [String] = [],
        executable: String = "/bin/true", envelope: String = Refusal.envelope
    ) throws -> Catalog.Function {
        try function(
            name,
            [
                .init(
                    "route",
                    [
                        "method": .string(method), "path": .string(paths[0]),
                        "aliases": .array(paths.dropFirst().map { .string($0) }),
                    ])
            ], variables, executable, envelope)
    }

    /// A function that runs by the clock.
    static func scheduled(
        _ name: String, _ cron: String, variables: [String] = [], executable: String = "/bin/true"
    ) throws -> Catalog.Function {
        try function(
            name, [.init("schedule", .string(cron))], variables, executable, Refusal.envelope)
    }

    private static func function(
        _ name: String, _ trigger: [JSON.Member], _ variables: [String], _ executable: String,
        _ envelope: String
    ) throws -> Catalog.Function {
        let bindings = variables.map { variable -> JSON in
            ["kind": "variable", "name": .string(variable)]
        }
        let json = JSON.object(
            [.init("name", .string(name))] + trigger + [
                .init("bindings", .array(bindings)), .init("envelope", .string(envelope)),
            ])
        return Catalog.Function(
            name: name, executable: executable,
            description: try FunctionDescription(json, of: name))
    }

    /// A package of some functions of an app named Probes.
    static func bundle(
        _ functions: [Catalog.Function], prefix: String = "/opt/apus",
        sockets: String = "/run/apus"
    ) throws -> PackageBundle {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let app = try App(folder: folder.path + "/Probes")
        return PackageBundle(
            parts: [.init(app: app, functions: functions)], prefix: prefix, sockets: sockets,
            processes: try Children.processes.get())
    }

    /// Why a package for a host is made without a function; nil where it is in it.
    static func obstacle(
        to function: Catalog.Function, of app: App, on target: HostTarget
    ) throws -> String? {
        let answers = RecordedAnswers(folder: Repository.root + "/Tests/Fixtures")
        return try Subject(
            app: app, function: function, host: .of(target),
            answers: answers.of(function.name, in: app), environment: [:]
        ).obstacle?.sentences
    }
}

extension [PackageFile] {
    /// What stands in a file.
    func text(of path: String) throws -> String {
        guard let file = first(where: { $0.path == path }) else {
            throw TestError("The package has no \(path); it has \(map(\.path).sorted()).")
        }
        return String(decoding: try file.bytes(), as: UTF8.self)
    }
}

import Testing

@testable import LocalRunner
@testable import TestSupport

/// What `local-runner package` says to mistakes; `Tests/run` has it build and package in earnest.
@Suite struct CommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeApp(functions: ["Echo", "Tick"])
    }

    private func refusal(_ options: [String]) throws -> String {
        let outcome = try RunnerCopy.run(
            ["package", "--skip-build", "--output", "\(folder.path)/out"] + options, in: folder)
        #expect(outcome.status != 0)
        return String(decoding: outcome.errors, as: UTF8.self)
    }

    @Test func `names the targets that there are`() throws {
        let words = try refusal(["--target", "cgx"])

        #expect(words.contains("The value 'cgx' is invalid for '--target <host>'"))
        #expect(words.contains("'cgi', 'fastcgi', 'lambda', 'openfaas' or 'systemd'"))
    }

    @Test func `names the apps and functions that there are`() throws {
        #expect(
            try refusal(["--target", "cgi", "Foo"])
                .contains("There is no app Foo; there are: Probes."))
        #expect(
            try refusal(["--target", "cgi", "Probes/Foo"])
                .contains("Probes has no function Foo; it has: Echo, Tick."))
        #expect(
            try refusal(["--target", "cgi", "Probes/Echo/Foo"])
                .contains("\"Probes/Echo/Foo\" names no function"))
    }

    @Test(arguments: ["apus", "/", "/opt/apus/", "/opt/a b", "/opt/$x", "/opt/\"x"])
    func `takes no place that a configuration could misread`(_ place: String) throws {
        #expect(
            try refusal(["--target", "cgi", "--prefix", place]).contains("--prefix is \"\(place)\"")
        )
        #expect(
            try refusal(["--target", "cgi", "--sockets", place])
                .contains("--sockets is \"\(place)\""))
    }

    @Test func `touches no folder that holds other things`() throws {
        try folder.write("mine", to: "out/letter")

        #expect(try refusal(["--target", "cgi"]).contains("out holds other things (letter)"))
        #expect(Repository.names(in: folder.path + "/out") == ["letter"])
    }
}

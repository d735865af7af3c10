import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// The folder that a package is written to.
@Suite struct PackageFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ files: [PackageFile], to name: String = "out") throws -> [String] {
        var changes: [String] = []
        try PackageFolder("\(folder.path)/\(name)").write(files) { file, change, _ in
            changes.append("\(change) \(file.path)")
        }
        return changes
    }

    private let files = [
        PackageFile(path: "bin/b", content: .text("b"), mode: 0o755),
        PackageFile(path: "a", content: .text("a")),
    ]

    @Test func `is written once, and then unchanged`() throws {
        #expect(try write(files) == ["written a", "written bin/b"])
        #expect(try write(files) == ["unchanged a", "unchanged bin/b"])
        #expect(try folder.mode(of: "out/bin/b") == 0o755)
        #expect(try folder.mode(of: "out/a") == 0o644)
    }

    @Test func `is the same byte for byte, wherever`() throws {
        _ = try write(files, to: "one")
        _ = try write(files.reversed(), to: "two")

        let list = try Repository.bytes(of: "\(folder.path)/one/.apus-package")
        #expect(try Repository.bytes(of: "\(folder.path)/two/.apus-package") == list)
        #expect(try modified("one/bin/b") == 315_532_800)
    }

    private func modified(_ name: String) throws -> Int {
        var status = stat()
        guard stat("\(folder.path)/\(name)", &status) == 0 else {
            throw TestError("\(name) is not there.")
        }
        return status.st_mtim.tv_sec
    }

    @Test func `what was changed by others is written again`() throws {
        _ = try write(files)
        try folder.write("c", to: "out/a")
        chmod("\(folder.path)/out/bin/b", 0o700)

        #expect(try write(files) == ["written a", "written bin/b"])
        #expect(try Repository.bytes(of: "\(folder.path)/out/a") == Array("a".utf8))
    }

    @Test func `what is stale is removed, and nothing else`() throws {
        _ = try write(files)
        try folder.write("mine", to: "out/etc/Probes.env")

        #expect(try write([files[1]]) == ["unchanged a", "removed bin/b"])
        #expect(Repository.names(in: "\(folder.path)/out") == [".apus-package", "a", "etc"])
    }

    @Test func `a folder that holds other things is refused`() throws {
        try folder.write("mine", to: "out/letter")

        let error = #expect(throws: RunnerError.self) { try write(files) }
        #expect(error?.description.contains("holds other things (letter)") == true)
        #expect(Repository.names(in: "\(folder.path)/out") == ["letter"])
    }

    @Test func `a file in the way is not overwritten`() throws {
        _ = try write([files[1]])
        try folder.write("mine", to: "out/bin/b")

        let error = #expect(throws: RunnerError.self) { try write(files) }
        #expect(error?.description.contains("out/bin/b is in the way") == true)
    }

    @Test func `an archive is the same whenever it is made, and runs what it holds`() throws {
        let archive = [PackageFile(path: "f.zip", content: .zip(files))]
        _ = try write(archive, to: "one")
        _ = try write([PackageFile(path: "f.zip", content: .zip(files.reversed()))], to: "two")

        #expect(
            try Repository.bytes(of: "\(folder.path)/one/f.zip")
                == Repository.bytes(of: "\(folder.path)/two/f.zip"))
        #expect(try write(archive, to: "one") == ["unchanged f.zip"])
        let script = """
            import sys, zipfile
            for entry in zipfile.ZipFile(sys.argv[1]).infolist():
                print(entry.filename, oct(entry.external_attr >> 16), *entry.date_time)
            """
        let listed = try Program.run(
            "/usr/bin/python3", ["-c", script, "\(folder.path)/one/f.zip"])
        #expect(
            String(decoding: listed.output, as: UTF8.self)
                == "a 0o100644 1980 1 1 0 0 0\nbin/b 0o100755 1980 1 1 0 0 0\n")
    }
}

import Foundation
import Glibc

/// Makes a cluster by `initdb`.
struct ClusterMaker {
    let state: StateFolder
    let processes: Guard

    /// Makes it in a folder of another name, which gets its own when it is whole: so an
    /// interrupted start leaves nothing that looks like a cluster.
    func make() throws -> ClusterFolder {
        let programs = try PostgresPrograms.find()
        let account = try PostgresAccount.choose(dataFolder: state.file("postgres/data"))
        try removeRemains()
        let folder = try ClusterFolder.make(in: state, for: account, processes: processes)
        let unfinished = folder.path + "/data.new"
        try initialize(unfinished, with: programs, as: account, in: folder)
        try authenticate(unfinished, as: account)
        guard rename(unfinished, folder.data) == 0 else {
            throw SystemCallError("Renaming \(unfinished)")
        }
        return folder
    }

    /// Stops what still runs in a folder that a deleted state folder had in /var/tmp.
    private func removeRemains() throws {
        let remains = ClusterFolder(path: ClusterFolder.substitute(for: state), reason: nil)
        if remains.isInitialized { try Postmaster.stopStale(on: remains) }
    }

    private func initialize(
        _ data: String, with programs: PostgresPrograms, as account: PostgresAccount,
        in folder: ClusterFolder
    ) throws {
        // What the server is to store goes to initdb, and never the password itself.
        let passwordFile = folder.path + "/verifier"
        let password = try Passwords(in: state).password(of: PostgresCluster.superuser)
        try Data(ScramVerifier.make(of: password).utf8).write(
            to: URL(fileURLWithPath: passwordFile))
        defer { unlink(passwordFile) }
        try account.own(passwordFile)

        let log = state.file("initdb.log")
        var command = account.command(
            programs.path(of: "initdb"),
            [
                "--pgdata=\(data)", "--username=\(PostgresCluster.superuser)",
                "--pwfile=\(passwordFile)", "--auth=password", "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-instructions",
            ])
        command.standardOutput = .file(log)
        command.standardError = .file(log)
        let status = try processes.run(command)
        guard status == .exited(0) else {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw RunnerError("initdb \(status). What it said:\n\(said)")
        }
        unlink(log)
    }

    /// ``ScramVerifier`` says why by `password`.
    private func authenticate(_ data: String, as account: PostgresAccount) throws {
        let file = data + "/pg_hba.conf"
        let rules =
            "# Written by local-runner. The socket is the only way in.\nlocal all all password\n"
        // The file is there, and keeps its owner.
        guard let handle = FileHandle(forWritingAtPath: file) else {
            throw SystemCallError("Opening \(file)")
        }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(rules.utf8))
        try handle.close()
    }
}

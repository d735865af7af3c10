import Foundation
import Glibc

/// A PostgreSQL cluster of the tests' own, in a temporary folder, on a socket only.
///
/// A shell holds it. It takes one command a line and answers each with one line; when its input
/// ends, which happens however this process ends, it stops the server and removes the folder. So
/// no server outlives the tests.
final class Cluster: @unchecked Sendable {
    /// The one that most tests share; each test makes tables of its own.
    static let shared = Result { try Cluster() }

    let folder: String
    private let shell = Process()
    private let commands = Pipe()
    private let answers = Pipe()

    private static let script = """
        bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
        # A signal ends the loop below, and not the shell before it has cleaned up. If that is
        # killed, the server follows.
        trap : HUP INT TERM PIPE
        start() {
            setpriv --pdeathsig INT "$bin/postgres" -D data -k "$PWD" -c listen_addresses= \\
                -c fsync=off -c deadlock_timeout=100ms </dev/null >>log 2>&1 &
            server=$!
            until "$bin/pg_isready" -q -h "$PWD"; do
                kill -0 "$server" 2>/dev/null || { tail -n 5 log; return; }
                sleep 0.02
            done
            echo ok
        }
        stop() { kill -INT "$server"; wait "$server"; }
        cd "$1" || exit
        "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >>log 2>&1
        start
        while read -r command; do
            case $command in
            stop) stop; echo ok ;;
            start) start ;;
            esac
        done
        stop
        cd / && rm -rf "$1"
        """

    init() throws {
        var template = Array("/tmp/apusXXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", Self.script, "sh", folder]
        if getuid() == 0, let user = getpwnam("postgres") {
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
            chmod(folder, 0o755)
            // PostgreSQL refuses to run as root.
            shell.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            shell.arguments =
                ["--reuid=postgres", "--regid=postgres", "--clear-groups", "/bin/sh"]
                + ["-c", Self.script, "sh", folder]
        }
        shell.standardInput = commands
        shell.standardOutput = answers
        try shell.run()
        try awaitAnswer()
    }

    var address: String { address(at: folder) }

    func address(at host: String) -> String {
        "host=\(host) user=postgres dbname=postgres"
    }

    func stop() throws { try send("stop") }
    func start() throws { try send("start") }

    private func send(_ command: String) throws {
        try commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
        try awaitAnswer()
    }

    private func awaitAnswer() throws {
        let answer = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        guard answer == "ok\n" else { throw ClusterError(answer: answer) }
    }
}

struct ClusterError: Error {
    var answer: String
}

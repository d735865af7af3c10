import Foundation
import Glibc
import TestSupport

/// A server that others wrote, on a free port of this machine; it ends with the tests.
struct ServerProcess: Sendable {
    let port: Int

    /// Starts it, and waits until it says where it listens.
    ///
    /// - Parameters:
    ///   - name: of the folder that its log lies in.
    ///   - mark: what stands before the port in its log.
    ///   - command: makes the path of the program and its arguments from that folder's path.
    /// - Throws: ``TestError`` with what it said, where it ends instead.
    init(_ name: String, saying mark: String, _ command: (String) throws -> [String]) throws {
        let folder = try Children.folder(name)
        let log = folder + "/log"
        let isRunning = try Children.start(
            try command(folder), environment: ["PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin"],
            log: log)
        while true {
            let said = String(decoding: (try? Repository.bytes(of: log)) ?? [], as: UTF8.self)
            if let port = Self.number(behind: mark, in: said) {
                self.port = port
                return
            }
            guard isRunning() else { throw TestError("\(name) did not start: \(said)") }
            usleep(10_000)
        }
    }

    private static func number(behind mark: String, in text: String) -> Int? {
        guard let range = text.range(of: mark) else { return nil }
        let digits = text[range.upperBound...].prefix { $0.isNumber }
        // What follows it tells that it is all there.
        return digits.endIndex < text.endIndex ? Int(digits) : nil
    }

    /// A TLS server whose certificate it signed itself.
    static let untrusted = Result {
        try ServerProcess("untrusted", saying: "ACCEPT 127.0.0.1:") { folder in
            let (key, certificate) = ("\(folder)/key", "\(folder)/certificate")
            let made = try Program.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                    "-out", certificate,
                ])
            guard made.status == 0 else {
                throw TestError(String(decoding: made.errors, as: UTF8.self))
            }
            return [
                "/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert",
                certificate, "-www",
            ]
        }
    }

    /// moto, which plays AWS.
    static let moto = Result {
        try ServerProcess("moto", saying: "Running on http://127.0.0.1:") { _ in
            [Repository.root + "/.build/clients/bin/moto_server", "-H", "127.0.0.1", "-p", "0"]
        }
    }
}

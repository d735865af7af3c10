import Glibc

/// Logs as lines of JSON on standard error: time, level, message, request id, function, fields.
///
/// A field whose name says that it holds a secret is written as `<redacted>`, whatever it holds.
public enum Log {
    public enum Level: String, Sendable {
        case debug, info, warning, error
    }

    /// Set by the host for each request; a process answers one at a time.
    nonisolated(unsafe) static var requestID = ""
    nonisolated(unsafe) static var function: Any.Type?

    public static func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.info, message, fields)
    }

    public static func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.warning, message, fields)
    }

    public static func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
        write(.error, message, fields)
    }

    private static func write(
        _ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>
    ) {
        var line = self.line(level, message, fields, at: Clock.now())
        line.append(0x0A)
        Descriptor.write(line, to: STDERR_FILENO)
    }

    static func line(
        _ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>,
        at time: Timestamp
    ) -> [UInt8] {
        var members: [JSON.Member] = [
            .init("time", .string(time.description)), .init("level", .string(level.rawValue)),
            .init("message", .string(message)),
        ]
        if !requestID.isEmpty { members.append(.init("requestId", .string(requestID))) }
        if let function { members.append(.init("function", .string("\(function)"))) }
        for (name, value) in fields {
            members.append(.init(name, .string(isSecret(name) ? "<redacted>" : value)))
        }
        return JSON.object(members).bytes
    }

    /// Whether a name has one of the words in it, whatever its case and punctuation.
    private static func isSecret(_ name: String) -> Bool {
        let letters = name.lowercased().utf8.filter(\.isAlphanumeric)
        return secrets.contains { word in
            letters.indices.contains { letters[$0...].starts(with: word.utf8) }
        }
    }

    private static let secrets = [
        "password", "passphrase", "secret", "token", "authorization", "cookie", "apikey",
        "privatekey",
        "credential", "signature", "databaseurl",
    ]
}

/// The wall clock, read only where the host gives no time.
enum Clock {
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

import Glibc
import Logging

/// What the runner itself has to say, on the same console as requests and functions, and so in the
/// order in which it happened.
struct ConsoleLogHandler: LogHandler {
    let console: Console
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(console: Console) {
        self.console = console
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let clock = ResponseWriter.format(time(nil), "%H:%M:%S", with: localtime_r)
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .map { " \($0.key)=\($0.value)" }.sorted().joined()
        console.write("\(clock) \(event.level): \(event.message)\(fields)")
    }
}

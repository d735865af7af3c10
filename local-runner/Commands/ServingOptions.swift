import ArgumentParser
import NIOCore

/// Options of `up` and `lambda`: how they serve.
struct ServingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many processes a function may have.", valueName: "number"))
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "How long a function may take; after that it is killed, and the answer is 504.",
            valueName: "seconds"))
    var deadline = 30.0

    @Option(
        name: .customLong("queue"),
        help: ArgumentHelp(
            "How many requests of a function may wait; after that the answer is 503.",
            valueName: "number"))
    var queueLimit: Int?

    @Option(
        name: .customLong("idle"),
        help: ArgumentHelp("After how long a worker without work ends.", valueName: "seconds"))
    var idleTimeout = 60.0

    @Flag(
        help: """
            Let key-value namespaces be as stale as in production: what is read stays so for a \
            minute, and a key takes one write a second.
            """)
    var staleKeys = false

    @Flag(help: "Log no line for each request.")
    var quiet = false

    func validate() throws {
        guard workers ?? 1 > 0, queueLimit ?? 0 >= 0 else {
            throw ValidationError("--workers takes 1 or more, and --queue 0 or more.")
        }
        guard (0.001...86_400).contains(deadline), (0.001...86_400).contains(idleTimeout) else {
            throw ValidationError("--deadline and --idle take seconds, 86400 at most.")
        }
    }

    func options(port: Int, workers kind: WorkerKind) -> ServerOptions {
        var options = ServerOptions()
        options.port = port
        options.workersPerFunction = workers ?? options.workersPerFunction
        options.queueLimit = queueLimit ?? options.queueLimit
        options.deadline = .milliseconds(Int64(deadline * 1000))
        options.idleTimeout = .milliseconds(Int64(idleTimeout * 1000))
        options.workerKind = kind
        options.logsRequests = !quiet
        return options
    }
}

import FunctionRuntime
import Glibc
import NIOCore
import NIOHTTP1

/// What Lambda takes, in bytes.
enum LambdaLimits {
    /// Of a synchronous invocation.
    static let request = 6 << 20
    /// Of an asynchronous one.
    static let event = 1 << 20
    static let response = 6_291_556
}

/// Why an invocation has failed, as whoever has invoked it is told.
struct LambdaFailure {
    /// JSON with `errorType` and `errorMessage`.
    var body: [UInt8]

    init(body: [UInt8]) {
        self.body = body
    }

    init(_ type: String, _ message: String) {
        let json: JSON = ["errorType": .string(type), "errorMessage": .string(message)]
        body = json.bytes
    }

    /// What the function itself has posted; without a body, what the header says.
    init(_ request: Call) {
        let body = Array(request.body.readableBytesView)
        guard body.isEmpty else {
            self.init(body: body)
            return
        }
        let type = request.head.headers.first(name: "lambda-runtime-function-error-type")
        self.init(type ?? "Function.Unknown", "The function failed and did not say why.")
    }

    /// For people.
    var message: String {
        let json = try? JSON(parsing: body)
        return json?["errorMessage"]?.text ?? String(decoding: body.prefix(500), as: UTF8.self)
    }

    static let tooLarge = LambdaFailure(
        "Function.ResponseSizeTooLarge",
        """
        Response payload size exceeded maximum allowed payload size \
        (\(LambdaLimits.response) bytes).
        """)

    static func late(_ id: String, seconds: Double) -> LambdaFailure {
        let hundredths = Int((seconds * 100).rounded())
        let fraction = hundredths % 100 < 10 ? "0\(hundredths % 100)" : "\(hundredths % 100)"
        return LambdaFailure(
            "Sandbox.Timedout",
            "RequestId: \(id) Error: Task timed out after \(hundredths / 100).\(fraction) seconds")
    }

    static func ended(_ status: ExitStatus, _ id: String) -> LambdaFailure {
        let words =
            switch status {
            case .exited(0): "Runtime exited without providing a reason"
            case .exited(let code): "Runtime exited with error: exit status \(code)"
            case .signaled(let signal): "Runtime exited with error: signal: \(words(of: signal))"
            }
        return LambdaFailure("Runtime.ExitError", "RequestId: \(id) Error: \(words)")
    }

    /// As Lambda, a program in Go, calls a signal.
    private static func words(of signal: Int32) -> String {
        switch signal {
        case SIGSEGV: "segmentation fault"
        case SIGABRT: "aborted"
        case SIGKILL: "killed"
        case SIGILL: "illegal instruction"
        case SIGTRAP: "trace/breakpoint trap"
        case SIGBUS: "bus error"
        case SIGFPE: "floating point exception"
        case SIGTERM: "terminated"
        default: "signal \(signal)"
        }
    }
}

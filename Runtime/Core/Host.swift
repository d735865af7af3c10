import Glibc

/// Recognizes the host from the environment, and starts the loop that speaks its protocol.
///
/// | environment | host |
/// |---|---|
/// | `GATEWAY_INTERFACE` | CGI, RFC 3875 |
/// | `Http_Method` | OpenFaaS |
/// | none of these, and descriptor 0 is a listening socket | FastCGI |
/// | none of these | JSON on standard input |
///
/// `AWS_LAMBDA_RUNTIME_API` is recognized and refused by name, rather than taken for standard input
/// and left waiting.
enum Host {
    static func run<Handler: Invocable>(_ type: Handler.Type) {
        // CGI servers pass a header `Proxy:` on as HTTP_PROXY; it must never become the proxy of
        // an outgoing request (httpoxy, CVE-2016-5385).
        unsetenv("HTTP_PROXY")
        signal(SIGPIPE, SIG_IGN)
        Log.function = type
        Current.isHosted = true
        if CommandLine.argc > 1, CommandLine.arguments[1] == "--describe" { return describe(type) }

        let output = reserveStandardOutput()
        if Environment["GATEWAY_INTERFACE"] != nil {
            CGI.run(type.init(), output: output)
        } else if Environment["AWS_LAMBDA_RUNTIME_API"] != nil {
            refuse("AWS Lambda (AWS_LAMBDA_RUNTIME_API is set)")
        } else if Environment["Http_Method"] != nil {
            OpenFaaS.run(type.init(), output: output)
        } else if FastCGI.isAtHand {
            FastCGI.run(type.init())
        } else {
            StandardInput.run(type.init(), output: output)
        }
    }

    /// Keeps standard output for responses: `print` in a handler goes to standard error.
    private static func reserveStandardOutput() -> Int32 {
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        return output
    }

    private static func describe<Handler: Invocable>(_ type: Handler.Type) {
        do {
            Descriptor.write(try Description.json(of: type).bytes + [0x0A], to: STDOUT_FILENO)
        } catch {
            Log.error("The function cannot be described.", ["error": String(reflecting: error)])
            exit(70)
        }
    }

    private static func refuse(_ host: String) -> Never {
        Log.error("This build does not run under \(host); run it under CGI or standard input.")
        exit(64)
    }
}

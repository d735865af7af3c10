import CSockets
import Glibc

/// FastCGI 1.0 as a responder, warm: descriptor 0 is a socket at which web servers knock.
///
/// The protocol is this runtime's own rather than libfcgi's: that one serves one connection to its
/// end before it looks at another, so a web server that keeps two starves one.
///
/// What the requests say of themselves stays out of the environment.
enum FastCGI {
    /// So many connections are open at once.
    static let connectionLimit = 256

    /// Whether the web server, or whoever starts it, gave a listening socket (§2.2).
    static var isAtHand: Bool {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length) == 0
            && isListening != 0
    }

    /// Serves until SIGTERM, and then to the end of the requests under way.
    static func run(_ handler: some Invocable) {
        reserveStandardDescriptors()
        var server = FastCGIServer(handler, listener: STDIN_FILENO, until: terminationDescriptor())
        do {
            try server.run()
        } catch {
            Log.requestID = ""
            Log.error("Connections cannot be waited for.", ["error": error.description])
            exit(71)
        }
    }

    /// The protocol lets a process start with nothing but its socket (§2.2); a connection that got
    /// the number of standard error would get the log.
    private static func reserveStandardDescriptors() {
        var descriptor: Int32 = 0
        repeat { descriptor = open("/dev/null", O_RDWR) } while (0...STDERR_FILENO) ~= descriptor
        close(descriptor)
    }

    /// SIGTERM cuts off nothing, and is not missed however much there is to do: it comes as
    /// something to be read.
    private static func terminationDescriptor() -> Int32 {
        var termination = sigset_t()
        sigemptyset(&termination)
        sigaddset(&termination, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &termination, nil)
        return signalfd(-1, &termination, Int32(O_CLOEXEC))
    }
}

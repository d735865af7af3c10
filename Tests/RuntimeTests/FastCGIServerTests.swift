import Dispatch
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import FunctionRuntime
@testable import LocalRunner

/// The loop of FastCGI within the test process, less patient than it is in a function.
@Suite struct FastCGIServerTests {
    private struct Greet: Function {
        static let route = Route.get("/")
        func handle(_ request: Request) throws -> Response { .text("Hello.") }
    }

    @Test func `gives up a request that stalls, and nobody who only keeps a connection`() throws {
        let folder = try Children.folder("fastcgi-patience")
        let listener = try ListeningFunction.listener(at: folder + "/s")
        let (isStopping, stopped) = (Flag(), DispatchSemaphore(value: 0))
        DispatchQueue.global().async {
            var mask = sigset_t()
            sigemptyset(&mask)
            var server = FastCGIServer(Greet(), listener: listener, waiting: mask, patience: 1)
            server.run { isStopping.value.load(ordering: .relaxed) }
            stopped.signal()
        }
        let address = HTTPClient.Address.socket(path: folder + "/s")
        let (kept, stalled) = (try FastCGIClient(address), try FastCGIClient(address))
        #expect(try kept.send(["PATH_INFO": "/"]).text.hasSuffix("Hello."))
        stalled.send(FastCGIClient.begin(1))
        #expect(stalled.record() == nil)
        #expect(try kept.send(["PATH_INFO": "/"]).text.hasSuffix("Hello."))

        isStopping.value.store(true, ordering: .relaxed)
        // It notices when it has something to do.
        _ = try? FastCGIClient(address).send(["PATH_INFO": "/"])
        stopped.wait()
        #expect(kept.record() == nil)
        close(listener)
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }
}

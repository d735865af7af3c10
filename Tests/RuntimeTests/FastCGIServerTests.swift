import Dispatch
import Glibc
import Testing

@testable import FunctionRuntime
@testable import LocalRunner
@testable import TestSupport

/// The loop of FastCGI within the test process, less patient than it is in a function.
@Suite struct FastCGIServerTests {
    private struct Greet: Function {
        static let route = Route.get("/")
        func handle(_ request: Request) throws -> Response { .text("Hello.") }
    }

    @Test func `gives up a request that stalls, and nobody who only keeps a connection`() throws {
        let folder = try Children.folder("fastcgi-patience")
        let listener = try ListeningFunction.listener(at: folder + "/s")
        let stopped = DispatchSemaphore(value: 0)
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let termination = ends[0]
        DispatchQueue.global().async {
            var server = FastCGIServer(
                Greet(), listener: listener, until: termination, patience: 1)
            #expect(throws: Never.self) { try server.run() }
            stopped.signal()
        }
        let address = HTTPClient.Address.socket(path: folder + "/s")
        let (kept, stalled) = (try FastCGIClient(address), try FastCGIClient(address))
        #expect(try kept.send(["PATH_INFO": "/"]).text.hasSuffix("Hello."))
        stalled.send(FastCGIClient.begin(1))
        #expect(stalled.record() == nil)
        #expect(try kept.send(["PATH_INFO": "/"]).text.hasSuffix("Hello."))

        close(ends[1])
        stopped.wait()
        #expect(kept.record() == nil)
        close(termination)
        close(listener)
    }
}

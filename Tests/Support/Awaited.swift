import Dispatch
import Synchronization

@testable import LocalRunner

/// Does asynchronous work on the services' threads, and waits for it on this one.
///
/// A test that awaits gives its thread away, and gets one back when some other test is done: what
/// it looks at has gone on meanwhile. One that waits keeps its place.
public func awaited<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
) throws -> Result {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Swift.Result<Result, any Error>?>(nil)
    Task(executorPreference: ServiceExecutor.shared) {
        do {
            let value = try await work()
            result.withLock { $0 = .success(value) }
        } catch {
            result.withLock { $0 = .failure(error) }
        }
        done.signal()
    }
    done.wait()
    guard let result = result.withLock({ $0 }) else { throw TestError("The work has no result.") }
    return try result.get()
}

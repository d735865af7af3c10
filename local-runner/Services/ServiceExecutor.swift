import Dispatch

/// Runs what services do, on threads of its own.
///
/// The pool that Swift's tasks share has no more threads than there are cores, and whoever blocks
/// there, as SQLite and files do for a moment, stops all the others. These threads may block.
final class ServiceExecutor: TaskExecutor {
    static let shared = ServiceExecutor()

    private let queue = DispatchQueue(label: "services", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

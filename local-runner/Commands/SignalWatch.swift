import Foundation
import Glibc
import Synchronization

/// Turns the signals that end a program into a clean stop.
///
/// SIGINT, SIGTERM and SIGHUP are blocked in every thread but one, which waits for them. The first
/// asks for a stop; while the runner is still starting, or stops already, a signal ends it at once,
/// and the guard ends what it leaves behind. (One that the parent has told it to ignore, as `nohup`
/// does with SIGHUP, stays ignored.)
final class SignalWatch: Sendable {
    private enum Phase {
        case starting
        case serving
        case stopping
    }

    private let phase = Mutex(Phase.starting)
    private let isAsked = DispatchSemaphore(value: 0)

    /// Call it before any other thread is there: threads inherit what is blocked.
    init() {
        var signals = Self.signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let thread = Thread { [self] in watch() }
        thread.name = "signals"
        thread.start()
    }

    private static var signals: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        return signals
    }

    /// From now on the first signal asks for a clean stop.
    ///
    /// Call it before telling anybody that the runner is ready: he may stop it at once.
    func beginServing() {
        phase.withLock { phase in
            if phase == .starting { phase = .serving }
        }
    }

    /// Waits until somebody wants it to stop.
    func waitForStop() {
        isAsked.wait()
    }

    /// Asks for a stop, as a signal does.
    func stop() {
        let before = phase.withLock { phase in
            defer { phase = .stopping }
            return phase
        }
        if before != .stopping { isAsked.signal() }
    }

    private func watch() {
        while true {
            var signals = Self.signals
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            let isServing = phase.withLock { $0 == .serving }
            guard isServing else { _exit(128 + number) }
            stop()
        }
    }
}

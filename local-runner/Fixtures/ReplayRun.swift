import Foundation
import Synchronization

/// A replay of many fixtures, several at a time.
final class ReplayRun: Sendable {
    private struct State {
        var next = 0
        var results: [Replay.Result] = []
        var isOver = false
    }

    private let replay: Replay
    private let files: [FixtureFile]
    private let progress: ReplayProgress
    private let state = Mutex(State())

    init(replay: Replay, files: [FixtureFile], progress: ReplayProgress) {
        self.replay = replay
        self.files = files
        self.progress = progress
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - jobs: how many fixtures are run at a time.
    ///   - completion: called when all are done, on another thread.
    func start(jobs: Int, completion: @escaping @Sendable () -> Void) {
        for _ in 0..<min(jobs, files.count) {
            let thread = Thread { [self] in
                while let file = next() { note(replay.run(file)) }
                if isComplete { completion() }
            }
            // A deep answer is compared by recursion.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Ends it; nothing is shown any more.
    ///
    /// - Returns: the results in the order of the files; nil where some are missing.
    func finish() -> [Replay.Result]? {
        let results = state.withLock { state in
            state.isOver = true
            progress.clear()
            return state.results
        }
        guard results.count == files.count else { return nil }
        return results.sorted { $0.file.number < $1.file.number }
    }

    private var isComplete: Bool { state.withLock { $0.results.count == files.count } }

    private func next() -> FixtureFile? {
        state.withLock { state in
            guard !state.isOver, state.next < files.count else { return nil }
            defer { state.next += 1 }
            return files[state.next]
        }
    }

    private func note(_ result: Replay.Result) {
        state.withLock { state in
            guard !state.isOver else { return }
            state.results.append(result)
            progress.show(result, done: state.results.count)
        }
    }
}

/// Tells how far a replay is: a counter on a terminal, and else lines now and then.
struct ReplayProgress: Sendable {
    var count: Int
    /// Whether each fixture has a line.
    var isVerbose: Bool
    /// Whether nothing is told, as something else is printed at the end.
    var isSilent: Bool

    private let isTerminal = isatty(STDOUT_FILENO) == 1

    init(count: Int, isVerbose: Bool, isSilent: Bool) {
        self.count = count
        self.isVerbose = isVerbose
        self.isSilent = isSilent
    }

    /// Shows what differs, and how many fixtures are done.
    func show(_ result: Replay.Result, done: Int) {
        guard !isSilent else { return }
        let texts = ReplayReport.texts(of: result)
        if !texts.isEmpty || isVerbose { clear() }
        for text in texts { print(text + "\n") }
        if isVerbose {
            print("\(result.isAsRecorded ? "as recorded" : "differs    ")  \(result.file)")
        }
        if isTerminal {
            print("\r\(done) of \(count) fixtures", terminator: "")
        } else if !isVerbose, done % 100 == 0, done < count {
            print("\(done) of \(count) fixtures")
        }
        fflush(nil)
    }

    /// Takes the counter away.
    func clear() {
        guard isTerminal, !isSilent else { return }
        print("\r\u{1B}[K", terminator: "")
        fflush(nil)
    }
}

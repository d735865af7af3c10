import FunctionRuntime
import Glibc
import Synchronization

/// What a running copy is asked to do with its whole state, between two lives: it stops everything,
/// does it, and starts itself again on the same port.
///
/// What came of it is in `STATE/errand.json`, for the command that has asked.
final class Errand: Administration.Part {
    /// What is to be done.
    enum Work: Sendable {
        case keep(String, replacing: Bool)
        case bringBack(String)
    }

    let name = "state"
    private let snapshots: Snapshots
    private let pending = Mutex<(work: Work, id: String)?>(nil)
    private let onOrder: @Sendable () -> Void

    static let result = "errand.json"

    /// - Parameters:
    ///   - state: what it is about.
    ///   - onOrder: called when there is something to do, so that the copy stops.
    init(on state: StateFolder, onOrder: @escaping @Sendable () -> Void) {
        snapshots = Snapshots(state: state)
        self.onOrder = onOrder
    }

    func administer(_ method: String, _ path: [String], _ input: JSON) async throws -> JSON {
        guard method == "POST", path.isEmpty, let id = input["id"]?.text else {
            throw Failure.badRequest("This takes POST of an id, and of a snapshot or a restore.")
        }
        let isReplacing = input["replace"] == .bool(true)
        let work: Work
        switch (input["snapshot"]?.text, input["restore"]?.text) {
        case (let name?, nil): work = .keep(name, replacing: isReplacing)
        case (nil, let name?): work = .bringBack(name)
        default: throw Failure.badRequest("This takes the name of a snapshot or of a restore.")
        }
        do {
            try snapshots.check(work)
        } catch let error as RunnerError {
            throw Failure.conflict(error.description)
        }
        pending.withLock { $0 = (work, id) }
        onOrder()
        return ["accepted": .bool(true)]
    }

    /// Does what is to be done, once nothing runs any more.
    ///
    /// - Returns: whether there was anything, and the copy is to start again.
    func run(_ terminal: Terminal) throws -> Bool {
        guard let (work, id) = pending.withLock({ $0 }) else { return false }
        terminal.print("\(work.description).")
        var problem = JSON.null
        do {
            try snapshots.perform(work)
        } catch {
            terminal.print("That failed: \(error)")
            problem = .string("\(error)")
        }
        let result: JSON = ["id": .string(id), "problem": problem]
        try snapshots.state.write(result.bytes, to: Self.result)
        return true
    }

    /// Puts a new life of the program in the place of this one.
    ///
    /// - Parameter port: what it listens on, whatever the arguments say.
    /// - Throws: ``SystemCallError`` where that cannot be done; otherwise it does not return.
    static func startAgain(port: Int) throws -> Never {
        let arguments = CommandLine.arguments + ["--port", String(port)]
        let program = ProcessImage.path()
        var vector: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        vector.append(nil)
        execv(program, vector)
        throw SystemCallError("Starting \(program) again")
    }
}

extension Errand.Work {
    var description: String {
        switch self {
        case .keep(let name, _): "Keeping the snapshot \(name)"
        case .bringBack(let name): "Bringing back the snapshot \(name)"
        }
    }
}

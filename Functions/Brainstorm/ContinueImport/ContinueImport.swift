import Brainstorm
import FunctionCrypto
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Makes participants of the next rows of a large file, and orders the rest.
///
/// Each message is fifty rows, made in one transaction as the admin who has sent the file. A message
/// that is delivered twice finds its rows done; only where it was not finished the first time, it
/// orders what comes next again. Sealed rows are deleted when they are done, or when the import cannot
/// go on.
@main
struct ContinueImport: QueueFunction {
    static let queue = QueueTrigger(ImportOrder.queue, batchSize: 1, maxReceives: 5, retryDelay: 10)

    var database = Database.brainstorm
    var imports = Objects("imports")
    var orders = Queue(ImportOrder.queue)
    var secret = Variable("JWT_SECRET")

    func handle(_ messages: [Message]) throws -> [Message.ID] {
        messages.filter { !isDone($0) }.map(\.id)
    }

    /// Whether it would be the same next time: it is no order, or another delivery was quicker.
    private static func isHopeless(_ failure: Failure?) -> Bool {
        ["validation-failed", "import-has-moved"].contains(failure?.code)
    }

    private func isDone(_ message: Message) -> Bool {
        do {
            let order = try message.json(as: ImportOrder.self)
            do {
                try carryOut(order, isFirst: message.receiveCount == 1)
                return true
            } catch  where message.receiveCount >= Self.queue.maxReceives {
                Log.error("An import is given up.", ["import": "\(order.id)", "error": "\(error)"])
                try end(order, "It was tried \(message.receiveCount) times in vain.")
                return true
            }
        } catch {
            Log.error("An import does not go on yet.", ["error": "\(error)"])
            return error is JSONError || Self.isHopeless(error as? Failure)
        }
    }
}

import FunctionRuntime
import Glibc

/// Keeps account of the messages that it is given, and does with each as its body says.
///
/// A line a message goes to the file that `COLLECT_FILE` names: how many times it has been received,
/// its id, its attributes, its body. `fail` fails, `fail once` does so when it comes for the first
/// time, `throw` and `crash` are the end of the whole batch, and `sleep` takes a while.
@main
struct Collect: QueueFunction {
    static let queue = QueueTrigger("collect", maxReceives: 3)

    var file = Variable("COLLECT_FILE")

    struct Refusal: Error {}

    func handle(_ messages: [Message]) throws -> [Message.ID] {
        try note(messages)
        var failed: [Message.ID] = []
        for message in messages {
            switch message.body {
            case "fail": failed.append(message.id)
            case "fail once" where message.receiveCount == 1: failed.append(message.id)
            case "name another": failed.append("another")
            case "throw": throw Refusal()
            case "crash": abort()
            case "sleep": usleep(300_000)
            default: break
            }
        }
        return failed
    }

    private func note(_ messages: [Message]) throws {
        let lines = messages.map { message in
            let attributes = message.attributes.sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            return "\(message.receiveCount) \(message.id) [\(attributes)] \(message.body)\n"
        }
        let bytes = Array(lines.joined().utf8)
        let descriptor = open(file.value ?? "/dev/null", O_CREAT | O_WRONLY | O_APPEND, 0o600)
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Refusal() }
    }
}

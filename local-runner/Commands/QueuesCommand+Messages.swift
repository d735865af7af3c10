import ArgumentParser
import Foundation
import FunctionHTTP
import FunctionRuntime

extension QueuesCommand {
    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a message.",
            discussion: "The body comes from standard input where it is not given.")

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue.")
        var queue: String

        @Argument(help: "The message's body.")
        var body: String?

        @Option(help: "After how many seconds it can be received, up to 900.")
        var delay: Int?

        @Option(
            name: .customLong("attribute"),
            help: "An attribute of the message, such as kind=csv; may be repeated.")
        var attributes: [Assignment] = []

        func run() throws {
            let text: String
            if let body {
                text = body
            } else {
                let bytes = try FileHandle.standardInput.readToEnd() ?? Data()
                guard let read = String(validating: bytes, as: UTF8.self) else {
                    throw RunnerError("A message is text, and what was given is not UTF-8.")
                }
                text = read
            }
            let id = try options.open().queue(queue).send(
                text, delay: delay,
                attributes: Dictionary(attributes.map { ($0.name, .string($0.value)) }) { $1 })
            print(options.json ? JSON.object([.init("id", .string(id))]).pretty : id)
        }
    }

    struct Receive: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Receive messages.",
            discussion: """
                They come back when the queue's visibility timeout is over, and count as received \
                once more, unless --delete is given. Reading what a function waits for takes it \
                from that function.
                """)

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue.")
        var queue: String

        @Option(help: "How many at most, 1 to 10.")
        var limit = 10

        @Option(help: "How many seconds to wait for the first, up to 20.")
        var wait = 0

        @Option(help: "For how many seconds nobody else gets them; the queue's own unless given.")
        var visibility: Int?

        @Flag(help: "Delete them once they are printed.")
        var delete = false

        func run() throws {
            let open = try options.open().queue(queue)
            let messages = try open.receive(limit, waiting: wait, visibility: visibility)
            let listing = Listing(
                columns: ["id", "sent", "received", "attributes", "body"],
                rows: messages.map { message in
                    [
                        message.id, message.sentAt?.description ?? "",
                        "\(message.receiveCount)×", message.attributeText, message.body,
                    ]
                }, nothing: "No message of \(queue) can be received now.")
            listing.print(json: options.json ? .array(messages.map(\.json)) : nil)
            guard delete else { return }
            for message in messages { try open.delete(message) }
        }
    }

    struct Redrive: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move dead letters back to the queue that they came from.",
            discussion: "They are new messages there, with a receive count of 0.")

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue of the dead letters, or the one whose dead letters they are.")
        var queue: String

        @Option(help: "Another queue to move them to.")
        var to: String?

        @Option(help: "How many a second, 1 to 500; all at once unless given.")
        var rate: Int?

        func run() throws {
            let asker = try options.open()
            let source = JSON.Member("SourceArn", .string(try source(asker)))
            var members = [source]
            if let to {
                members.append(.init("DestinationArn", .string(QueueAddress.arn(of: to))))
            }
            if let rate {
                members.append(.init("MaxNumberOfMessagesPerSecond", .number(String(rate))))
            }
            _ = try asker.ask("StartMessageMoveTask", members)
            var task = JSON.null
            repeat {
                Thread.sleep(forTimeInterval: 0.02)
                let answer = try asker.ask("ListMessageMoveTasks", [source])
                guard case .array(let tasks)? = answer["Results"] else { break }
                task = tasks.first ?? .null
            } while task["Status"] == "RUNNING"
            guard task["Status"] == "COMPLETED" else {
                throw RunnerError(
                    """
                    The move ended as \(task["Status"]?.text ?? "unknown"): \
                    \(task["FailureReason"]?.text ?? "no reason is given").
                    """)
            }
            guard case .number(let count)? = task["ApproximateNumberOfMessagesMoved"] else {
                return
            }
            print(options.json ? task.pretty : "Moved \(count) messages.")
        }

        /// The ARN of the queue of the dead letters.
        private func source(_ asker: QueueAsker) throws -> String {
            let policy = try asker.attributes(of: queue)["RedrivePolicy"]
            return try policy.map { try RedrivePolicy(parsing: $0).target }
                ?? QueueAddress.arn(of: queue)
        }
    }
}

extension Queue.Received {
    fileprivate var attributeText: String {
        attributes.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.text)" }.joined(separator: ", ")
    }

    fileprivate var json: JSON {
        [
            "id": .string(id), "body": .string(body),
            "attributes": .object(
                attributes.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value.text)) }),
            "receiveCount": .number(String(receiveCount)),
            "sentAt": sentAt.map { .string($0.description) } ?? .null,
            "receipt": .string(receipt),
        ]
    }
}

extension Queue.Attribute {
    /// The value, a binary one in base64.
    fileprivate var text: String {
        switch self {
        case .string(let text), .number(let text): text
        case .binary(let bytes): Base64.encode(bytes)
        }
    }
}

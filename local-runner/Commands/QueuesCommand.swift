import ArgumentParser
import FunctionHTTP
import FunctionRuntime

/// Everything about the queues of the running copy.
struct QueuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "List, make, fill, empty or redrive queues of the running copy.",
        discussion: """
            A queue is named as SQS knows it, such as brainstorm-imports; the dead letters of \
            brainstorm-imports are in brainstorm-imports-dead. What is done goes the way of any \
            client: by the protocol of SQS.
            """,
        subcommands: [
            List.self, Show.self, Create.self, Delete.self, Send.self, Receive.self, Redrive.self,
            Purge.self,
        ])
}

/// What the commands about queues have in common.
struct QueueOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Flag(help: "Print JSON.")
    var json = false

    func open() throws -> QueueAsker { QueueAsker(copy: try RunningCopy(common)) }
}

/// A client of the queues of the running copy.
struct QueueAsker {
    let copy: RunningCopy

    private var account: AWSAccount {
        AWSAccount(
            region: QueueAddress.region, accessKeyID: copy.credentials.accessKeyID,
            secretAccessKey: Secret(copy.credentials.secretAccessKey))
    }

    func url(of name: String) -> String {
        QueueAddress.url(of: name, host: "127.0.0.1:\(copy.port)")
    }

    /// A queue as functions have it.
    func queue(_ name: String) -> Queue {
        Queue(.init(url: url(of: name), endpoint: copy.url, account: account))
    }

    /// Asks for an operation that functions do not have.
    ///
    /// - Throws: ``RunnerError`` in SQS's words where it refuses.
    func ask(_ operation: String, _ members: [JSON.Member] = []) throws -> JSON {
        let body = JSON.object(members).bytes
        var request = HTTP.Request(
            "POST", copy.url + "/",
            headers: [
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "AmazonSQS.\(operation)",
            ], body: .bytes(body))
        SigV4(account: account, service: "sqs").sign(&request, .signed(body), at: Current.now())
        let answer = try HTTP().send(request)
        let json = try JSON(parsing: answer.body)
        guard answer.isSuccess else {
            throw RunnerError(json["message"]?.text ?? "\(operation) failed: \(answer.status).")
        }
        return json
    }

    /// The names of all queues.
    func names() throws -> [String] {
        var names: [String] = []
        var more: [JSON.Member] = []
        repeat {
            let answer = try ask("ListQueues", [.init("MaxResults", 1000)] + more)
            guard case .array(let urls)? = answer["QueueUrls"] else { break }
            names += urls.compactMap { $0.text?.split(separator: "/").last.map(String.init) }
            more = answer["NextToken"].map { [.init("NextToken", $0)] } ?? []
        } while !more.isEmpty
        return names
    }

    /// The attributes of a queue, by name.
    func attributes(of name: String) throws -> [String: String] {
        let answer = try ask(
            "GetQueueAttributes",
            [.init("QueueUrl", .string(url(of: name))), .init("AttributeNames", ["All"])])
        guard case .object(let members)? = answer["Attributes"] else { return [:] }
        return Dictionary(members.map { ($0.name, $0.value.text ?? "") }) { $1 }
    }
}

extension QueuesCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the queues, and how many messages each has.")

        @OptionGroup var options: QueueOptions

        func run() throws {
            let asker = try options.open()
            let queues = try asker.names().map { name in
                (name, try asker.attributes(of: name))
            }
            let listing = Listing(
                columns: ["queue", "visible", "in flight", "delayed", "dead letters"],
                rows: queues.map { name, attributes in
                    let policy = try? RedrivePolicy(parsing: attributes["RedrivePolicy"] ?? "")
                    return [
                        name, attributes["ApproximateNumberOfMessages"] ?? "",
                        attributes["ApproximateNumberOfMessagesNotVisible"] ?? "",
                        attributes["ApproximateNumberOfMessagesDelayed"] ?? "",
                        policy.map {
                            let target = QueueAddress.name(inARN: $0.target) ?? $0.target
                            return "\(target) after \($0.maxReceives)"
                        } ?? "",
                    ]
                },
                nothing: "There is no queue: no function declares one, and nobody has made one.")
            listing.print(
                json: options.json
                    ? .array(queues.map { QueuesCommand.json($0.0, $0.1) }) : nil)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all attributes of a queue.")

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue.")
        var queue: String

        func run() throws {
            let attributes = try options.open().attributes(of: queue)
            let listing = Listing(
                columns: ["attribute", "value"],
                rows: attributes.sorted { $0.key < $1.key }.map { [$0.key, $0.value] },
                nothing: "It has none.")
            listing.print(json: options.json ? .some(QueuesCommand.json(queue, attributes)) : nil)
        }
    }

    fileprivate static func json(_ name: String, _ attributes: [String: String]) -> JSON {
        let members = attributes.sorted { $0.key < $1.key }
            .map { JSON.Member($0.key, .string($0.value)) }
        return ["name": .string(name), "attributes": .object(members)]
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a queue, unless it is there.",
            discussion: "Those that functions declare are made by themselves.")

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue.")
        var queue: String

        @Option(
            name: .customLong("attribute"),
            help: "One of SQS's attributes, such as VisibilityTimeout=60; may be repeated.")
        var attributes: [Assignment] = []

        func run() throws {
            let members = attributes.map { JSON.Member($0.name, .string($0.value)) }
            let answer = try options.open().ask(
                "CreateQueue",
                [.init("QueueName", .string(queue)), .init("Attributes", .object(members))])
            let url = answer["QueueUrl"]?.text ?? ""
            print(options.json ? answer.pretty : "\(queue) is at \(url).")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a queue with all its messages.",
            discussion: "One that a function declares is made again at the next start.")

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue.")
        var queue: String

        func run() throws {
            let asker = try options.open()
            let answer = try asker.ask(
                "DeleteQueue", [.init("QueueUrl", .string(asker.url(of: queue)))])
            print(options.json ? answer.pretty : "\(queue) is deleted.")
        }
    }

    struct Purge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete all messages of a queue.",
            discussion: "As with SQS, a queue can be emptied once in 60 seconds.")

        @OptionGroup var options: QueueOptions

        @Argument(help: "The queue.")
        var queue: String

        func run() throws {
            let asker = try options.open()
            let answer = try asker.ask(
                "PurgeQueue", [.init("QueueUrl", .string(asker.url(of: queue)))])
            print(options.json ? answer.pretty : "\(queue) is empty.")
        }
    }
}

/// A name and its value, on the command line: `name=value`.
struct Assignment: ExpressibleByArgument {
    var name: String
    var value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "=") else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

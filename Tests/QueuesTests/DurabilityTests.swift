import Dispatch
import FunctionRuntime
import Glibc
import Synchronization
import Testing

@testable import FunctionHTTP
@testable import LocalRunner
@testable import TestSupport

/// What was acknowledged stays, whatever becomes of the runner.
@Suite struct DurabilityTests {
    @Test func `queues, messages and their state outlive a run`() throws {
        let folder = try TemporaryFolder()
        let attributes: [JSON.Member] = [
            .init("DelaySeconds", "0"), .init("VisibilityTimeout", "60"),
        ]
        var handle: JSON = .null
        do {
            let server = try QueueServer(in: folder)
            let url = try server.createQueue("a", attributes)
            for body in ["taken", "waiting"] { try server.send(body, to: url) }
            try server.send("delayed", to: url, delay: 900)
            handle = try server.receive(from: url, 1)[0].handle
        }
        let server = try QueueServer(in: folder)
        let url = server.url(of: "a")

        #expect(try server.attribute("VisibilityTimeout", of: url) == "60")
        #expect(try server.counts(of: url) == ["1", "1", "1"])
        #expect(try server.receive(from: url).map(\.bodyText) == ["waiting"])
        try server.perform("DeleteMessage", ["QueueUrl": .string(url), "ReceiptHandle": handle])
        #expect(try server.counts(of: url) == ["0", "1", "1"])
    }

    @Test func `a move goes on after a restart`() async throws {
        let folder = try TemporaryFolder()
        do {
            let server = try QueueServer(in: folder)
            let dead = try server.createQueue("dead")
            let arn = QueueAddress.arn(of: "dead")
            let policy = RedrivePolicy(target: arn, maxReceives: 1).text
            _ = try server.createQueue("a", [.init("RedrivePolicy", .string(policy))])
            try server.send("x", to: dead)
            try server.perform(
                "StartMessageMoveTask",
                [
                    "SourceArn": .string(arn),
                    "DestinationArn": .string(QueueAddress.arn(of: "a")),
                ])
        }
        let server = try QueueServer(in: folder)
        try await server.advance(seconds: 1)
        #expect(try server.counts(of: server.url(of: "a")) == ["1", "0", "0"])
    }

    /// Sends messages from several threads until all are sent, or nobody answers any more.
    private final class Senders: Sendable {
        private let acknowledged = Mutex<Set<String>>([])
        private let keys = Mutex<Set<Int>>([])
        private let group = DispatchGroup()

        var ids: Set<String> { acknowledged.withLock { $0 } }
        /// The objects that were put.
        var objects: Set<Int> { keys.withLock { $0 } }

        /// Puts objects meanwhile, small ones and such as go to files, until nobody answers.
        func put(_ numbers: Range<Int>, into bucket: Objects.Bucket) {
            for thread in 0..<2 {
                DispatchQueue.global().async(group: group) {
                    let objects = Objects(bucket)
                    for number in numbers where number % 2 == thread {
                        let body = Self.body(of: number)
                        guard (try? objects.put("objects/\(number)", body)) != nil else { return }
                        self.keys.withLock { _ = $0.insert(number) }
                    }
                }
            }
        }

        static func body(of number: Int) -> [UInt8] {
            let word = Array("object \(number) ".utf8)
            return (0..<(number % 4 == 0 ? 40_000 : 100)).map { word[$0 % word.count] }
        }

        func send(_ bodies: Range<Int>, to client: some QueueClient, url: String) {
            for thread in 0..<4 {
                DispatchQueue.global().async(group: group) {
                    for body in bodies where body % 4 == thread {
                        let answer = try? client.perform(
                            "SendMessage",
                            ["QueueUrl": .string(url), "MessageBody": .string("\(body)")])
                        guard let id = answer?["MessageId"]?.text else { return }
                        self.acknowledged.withLock { _ = $0.insert(id) }
                    }
                }
            }
        }

        func wait() { group.wait() }
    }

    private static func bucket(_ client: RemoteClient) -> Objects.Bucket {
        let account = AWSAccount(
            region: "us-east-1", accessKeyID: client.credentials.accessKeyID,
            secretAccessKey: Secret(client.credentials.secretAccessKey))
        return Objects.Bucket(
            name: "faults", endpoint: "http://127.0.0.1:\(client.port)", account: account)
    }

    @Test func `a killed runner loses nothing, and delivers nothing twice without saying so`()
        throws
    {
        let folder = try TemporaryFolder()
        try folder.writeApp(functions: ["Collect"])
        try folder.write(
            """
            name: Probes
            summary: Functions of the tests.
            variables:
              COLLECT_FILE: \(folder.path)/collected

            """, to: "Probes/app.yaml")
        func deliveries() throws -> [(count: Int, id: String)] {
            let text = try Repository.bytes(of: folder.path + "/collected")
            return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
                let words = line.split(separator: " ")
                return (Int(words[0]) ?? 0, String(words[1]))
            }
        }
        let senders = Senders()

        var copy = try RunnerCopy(in: folder, ["--quiet"])
        var client = RemoteClient(port: try copy.port, credentials: try copy.credentials())
        _ = try Objects(Self.bucket(client)).perform(.init(name: "CreateBucket", method: "PUT"))
        senders.send(0..<600, to: client, url: client.url(of: "probes-collect"))
        senders.put(0..<600, into: Self.bucket(client))
        #expect(
            try eventually {
                try senders.ids.count > 300 && senders.objects.count > 200
                    && !deliveries().isEmpty
            })
        copy.kill(SIGKILL)
        senders.wait()
        _ = try copy.waitForEnd()

        copy = try RunnerCopy(in: folder, ["--quiet"])
        client = RemoteClient(port: try copy.port, credentials: try copy.credentials())
        let url = client.url(of: "probes-collect")
        senders.send(600..<1000, to: client, url: url)
        senders.put(600..<1000, into: Self.bucket(client))
        senders.wait()
        #expect(senders.objects.count > 600)
        let objects = Objects(Self.bucket(client))
        for number in senders.objects {
            #expect(try objects.get("objects/\(number)")?.body == Senders.body(of: number))
        }
        // What was being worked on comes back by itself, when it is no longer hidden.
        let moved = try RunnerCopy.run(["clock", "advance", "1m"], in: folder)
        #expect(moved.status == 0)
        client.ahead = 60_000
        #expect(try eventually { try client.counts(of: url) == ["0", "0", "0"] })

        #expect(senders.ids.count > 700)
        let seen = try Dictionary(grouping: deliveries(), by: \.id)
        #expect(senders.ids.subtracting(seen.keys).isEmpty)
        // Each delivery of one message says that it is a later one.
        for (id, deliveries) in seen {
            let counts = deliveries.map(\.count)
            #expect(Set(counts).count == counts.count, "\(id): \(counts)")
        }
        #expect(try client.counts(of: client.url(of: "probes-collect-dead")) == ["0", "0", "0"])
    }
}

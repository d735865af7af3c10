import ArgumentParser
import FunctionHTTP
import FunctionRealtime
import FunctionRuntime

/// The connections that the running copy holds for functions.
struct RealtimeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "realtime",
        abstract: "List the channels that connections are held for, or publish to one.",
        subcommands: [List.self, Publish.self], defaultSubcommand: List.self)
}

extension RealtimeCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the channels that connections are held for.",
            discussion: "A connection that is subscribed to several counts for each.")

        @OptionGroup var common: CommonOptions

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let realtime = try RunningCopy(common).administer("GET", "realtime")
            guard case .array(let channels)? = realtime["channels"] else { return }
            Listing(
                columns: ["app", "channel", "connections", "last id"], rows: channels.map(Self.row),
                nothing: "No connection is held."
            ).print(json: json ? realtime : nil)
        }

        private static func row(_ channel: JSON) -> [String] {
            ["app", "channel", "connections", "lastId"].map { name in
                switch channel[name] {
                case .string(let text), .number(let text): text
                default: ""
                }
            }
        }
    }

    struct Publish: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish a text to all who hold a connection for a channel.",
            discussion: """
                A WebSocket gets it as a message, who waits for a response as its body, and a stream \
                as an event. The id of what was published before is not known here, so streams that \
                count ids ask their function what they have missed.
                """)

        @Argument(help: "Such as Brainstorm.")
        var app: String

        @Argument(help: "Such as bell.")
        var channel: String

        @Argument(help: "What they get.")
        var text: String

        @Option(help: "What the event of a stream is called; \"message\" unless given.")
        var event: String?

        @Flag(help: "Write the text to streams as it stands, and not as an event.")
        var raw = false

        @OptionGroup var common: CommonOptions

        func run() throws {
            let copy = try RunningCopy(common)
            let apps = try App.all(in: common.workspace()).map(\.name)
            guard apps.contains(app) else {
                throw RunnerError(
                    "There is no app \(app); there are: \(apps.joined(separator: ", ")).")
            }
            let key = copy.credentials.realtimeKey(of: app)
            let stream = raw ? text : ServerSentEvent(event, data: text).text
            try Publisher(GripAddress(key.address(below: copy.url))).publish([
                .init(channel, stream: stream, message: text, response: .text(text))
            ])
        }
    }
}

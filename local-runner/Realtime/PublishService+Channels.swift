import FunctionRuntime

/// The channels at `/_/realtime`: GET lists those that somebody holds a connection for.
extension PublishService: Administration.Part {
    var name: String { "realtime" }

    func administer(_ method: String, _ path: [String], _ input: JSON) async throws -> JSON {
        guard method == "GET", path.isEmpty else {
            throw Failure.notFound("Realtime has GET.")
        }
        let channels = await channels
        return ["channels": .array(channels.map(\.json))]
    }
}

extension Hub {
    /// A channel as it is shown to people.
    struct Listed: Sendable {
        var channel: Channel
        var connections: Int
        var lastID: String?

        var json: JSON {
            [
                "app": .string(channel.app), "channel": .string(channel.name),
                "connections": .number(String(connections)),
                "lastId": lastID.map(JSON.string) ?? .null,
            ]
        }
    }

    /// The channels that somebody is subscribed to, by app and name.
    var listed: [Listed] {
        subscribers.map { channel, subscribers in
            Listed(
                channel: channel, connections: subscribers.count, lastID: lastID(of: channel))
        }.sorted { ($0.channel.app, $0.channel.name) < ($1.channel.app, $1.channel.name) }
    }
}

public import Brainstorm
public import FunctionCache
public import FunctionHTTP
public import FunctionPostgres
public import FunctionRuntime

/// How what happens is shown to those who watch.
///
/// A change and its event are written in one transaction, to the outbox. After the commit whoever made
/// the change calls ``relay(_:_:_:at:)``; what that does not get done is done by the next one, or by
/// RelayEvents within a minute.
public enum Live {
    /// Shows what stands in the outbox.
    ///
    /// It never fails: what goes wrong is logged.
    public static func relay(
        _ database: Database, _ cache: Cache, _ publisher: Publisher, at time: Timestamp
    ) {
        do {
            try relayAll(database, cache, publisher, at: time)
        } catch {
            Log.error("Events are not shown yet; they will be.", ["error": "\(error)"])
        }
    }

    /// The same for whom it is the work itself, and who fails with it.
    public static func relayAll(
        _ database: Database, _ cache: Cache, _ publisher: Publisher, at time: Timestamp
    ) throws {
        try Relay(database: database, cache: cache, publisher: publisher).run(at: time)
    }

    /// Ends the streams and WebSockets of a user who may not watch any more.
    ///
    /// It never fails: where nobody can be told, each finds out by itself within two minutes.
    public static func disconnect(_ user: Account.ID, _ publisher: Publisher) {
        close(channel(of: user), publisher)
    }

    /// Ends the streams and WebSockets that tokens of overlays have opened.
    public static func disconnectOverlays(_ publisher: Publisher) {
        close(overlays, publisher)
    }

    /// What the connections of a user are subscribed to.
    static func channel(of user: Account.ID) -> String { "user-\(user)" }

    static let overlays = "overlays"

    /// Whether there is a proxy that could show anything.
    public static var hasProxy: Bool { Environment["GRIP_URL"] != nil }

    private static func close(_ channel: String, _ publisher: Publisher) {
        guard hasProxy else { return }
        do {
            try publisher.publish([.init(channel, closes: true)])
        } catch {
            Log.error("Connections are not ended yet; they will be.", ["error": "\(error)"])
        }
    }
}

extension Cache {
    /// What was shown, the last ten thousand events.
    var events: Journal { journal("events") }
}

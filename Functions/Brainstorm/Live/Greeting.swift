public import FunctionRuntime

/// What everybody who connects is told first: how the market stands.
public struct Greeting: Codable, Sendable {
    public struct State: Codable, Sendable {
        public var market: MarketState
        public var channels: [Kind]
        public var serverTime: Timestamp
    }

    public var type = "connected"
    public var message: String
    public var timestamp: Timestamp
    public var data: State

    public init(_ viewer: Viewer, _ channels: [Kind], at time: Timestamp) {
        let (status, day) = (viewer.market.status, viewer.market.day)
        message =
            "The market is \(status)\(day.map { status == "open" ? "; it is day \($0)." : "." } ?? ".")"
        timestamp = time
        data = State(market: viewer.market, channels: channels, serverTime: time)
    }
}

import FunctionRuntime

/// What sort of thing is shown live; each has a channel of its name.
public enum Kind: String, Codable, CaseIterable, Sendable {
    case bell
    case trade
    case news
    case price
    case leaderboard

    /// What its messages are called on a WebSocket.
    var socketName: String {
        switch self {
        case .trade: "trade_notification"
        case .leaderboard: "leaderboard_update"
        case .bell, .news, .price: rawValue
        }
    }

    /// Those that a list names, such as `bell,trade`; all where there is none.
    ///
    /// - Throws: 400 where it names something else.
    public static func named(_ list: String?) throws -> [Kind] {
        guard let list, !list.isEmpty else { return allCases }
        let wanted = try Set(
            list.split(separator: ",").map { name in
                guard let kind = Kind(rawValue: String(name)) else {
                    throw Failure.badRequest("\(unknown(String(name)))")
                }
                return kind
            })
        return allCases.filter(wanted.contains)
    }

    /// What somebody is told who asks for what there is not.
    public static func unknown(_ name: String) -> String {
        "There are no events of the type \"\(name)\"; there are: "
            + allCases.map(\.rawValue).joined(separator: ", ") + "."
    }
}

import Brainstorm
import FunctionRuntime

/// An order that was carried out, with its buyer's cash and holding after it.
struct Filled: Decodable {
    struct Balance: Decodable {
        var cash: Money
        var held: Int
        var avgCost: Money
    }

    let trade: Trade
    let balance: Balance

    init(from decoder: any Decoder) throws {
        trade = try Trade(from: decoder)
        balance = try Balance(from: decoder)
    }
}

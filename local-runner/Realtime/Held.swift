import NIOCore

/// What keeps a connection when the function has answered: a stream, or a response that waits.
///
/// It belongs to the event loop, as the connection does.
protocol Held: AnyObject {
    /// The connection is lost, or the client has said that it is done.
    func clientHasGone()
    /// What was written has left for the client, after a time in which it had not.
    func clientTakesMore()
    /// The runner stops; a client that wants more comes back.
    func end()
    /// The time has come that it has set with ``Alarms``.
    func wake(now: NIODeadline)
}

/// Wakes held connections when something is due on them.
///
/// There may be ten thousand of them, and each wants to be woken every half minute or so. So they
/// lie in slots of a tenth of a second, and looking at the clock costs nothing for those whose time
/// has not come.
struct Alarms {
    private static let slotLength = TimeAmount.milliseconds(100).nanoseconds

    private var slots: [Int64: [ObjectIdentifier: any Held]] = [:]
    private var slotOf: [ObjectIdentifier: Int64] = [:]
    private var position = Self.slot(of: .now())

    private static func slot(of time: NIODeadline) -> Int64 {
        Int64(time.uptimeNanoseconds) / slotLength
    }

    /// Wakes it at a time, and no more at that which was set before; nil for never.
    mutating func set(_ held: any Held, at time: NIODeadline?) {
        let id = ObjectIdentifier(held)
        if let slot = slotOf.removeValue(forKey: id) {
            slots[slot]?[id] = nil
            if slots[slot]?.isEmpty == true { slots[slot] = nil }
        }
        guard let time else { return }
        // Not before the time: in the slot behind that in which it lies.
        let slot = max(Self.slot(of: time), position) + 1
        slotOf[id] = slot
        slots[slot, default: [:]][id] = held
    }

    /// Those whose time has come, which are forgotten with that.
    mutating func due(now: NIODeadline) -> [any Held] {
        let end = Self.slot(of: now)
        guard end > position else { return [] }
        var due: [any Held] = []
        for slot in (position + 1)...end {
            guard let held = slots.removeValue(forKey: slot) else { continue }
            for (id, held) in held {
                slotOf[id] = nil
                due.append(held)
            }
        }
        position = end
        return due
    }
}

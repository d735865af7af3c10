import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRealtime
import FunctionRuntime

/// Brings events from the outbox to those who watch.
///
/// In one transaction of the database: claims the oldest (whoever comes meanwhile waits), appends them
/// to the journal, publishes them to the proxy, and notes that it was done.
///
/// | away | then |
/// |---|---|
/// | Redis | they stay in the outbox |
/// | the proxy | they stay in the outbox, with the places that they have in the journal |
/// | no `REDIS_URL` | they are shown to who is there; who comes later misses them |
/// | no `GRIP_URL` | they are in the journal, for those who come and ask |
///
/// So each is shown at least once. Where the process, the database or an answer is lost between
/// publishing and the commit, it is shown twice.
struct Relay {
    let database: Database
    let cache: Cache
    let publisher: Publisher

    private static let most = 100

    /// One event with its place in the journal; nil where there is no journal.
    private struct Shown {
        var event: Event
        var place: Journal.Receipt?
    }

    /// Shows all that there is.
    func run(at time: Timestamp) throws {
        while try runOnce(at: time) == Self.most {}
    }

    private func runOnce(at time: Timestamp) throws -> Int {
        var problem: (any Error)?
        let count = try database.transaction { db in
            let claimed = try db.rows(
                "SELECT \(OutboxEvent.columns) FROM claim_events(\(Self.most)) AS e",
                as: OutboxEvent.self)
            guard !claimed.isEmpty else { return 0 }
            let shown = try journaled(claimed)
            do {
                try publish(shown.flatMap(\.self))
            } catch {
                problem = error
            }
            let notes = JSON.array(zip(claimed, shown).map { Self.note($0, $1) })
            try db.run("SELECT note_relayed(\(notes), \(problem == nil), \(time))")
            return claimed.count
        }
        if let problem { throw problem }
        return count
    }

    /// What each of the claimed is shown as, with a place in the journal, which it may have got before.
    private func journaled(_ claimed: [OutboxEvent]) throws -> [[Shown]] {
        let drafts = try claimed.filter { $0.journaled == nil }.flatMap(\.events).map { event in
            Journal.Draft(event.kind.rawValue, try JSON(encoding: event).bytes)
        }
        let receipts = try cache.events.append(drafts)
        guard receipts != nil || !cache.isConfigured else {
            throw Failure.unavailable("The journal cannot be reached.")
        }
        var rest = (receipts ?? [])[...]
        return claimed.map { row in
            row.events.enumerated().map { index, event in
                let place = row.journaled.map { $0.indices.contains(index) ? $0[index] : nil }
                return Shown(event: event, place: place.map { $0?.receipt } ?? rest.popFirst())
            }
        }
    }

    private func publish(_ shown: [Shown]) throws {
        guard Live.hasProxy else { return }
        try publisher.publish(
            shown.map { item in
                .init(
                    item.event.kind.rawValue, id: item.place?.id.description,
                    previousID: item.place?.previousID.description,
                    stream: item.event.streamed(id: item.place?.id).text,
                    message: item.event.socketText(id: item.place?.id))
            })
    }

    private static func note(_ row: OutboxEvent, _ shown: [Shown]) -> JSON {
        let places = shown.compactMap(\.place).map { place -> JSON in
            [
                "id": .string(place.id.description),
                "previousId": .string(place.previousID.description),
            ]
        }
        return ["id": .number(String(row.id)), "journaled": .array(places)]
    }
}

extension OutboxEvent.Place {
    fileprivate var receipt: Journal.Receipt? {
        guard let id = Journal.ID(id), let previous = Journal.ID(previousId) else { return nil }
        return Journal.Receipt(id: id, previousID: previous)
    }
}

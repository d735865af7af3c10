import Logging
import NIOCore
import NIOHTTP1

/// What held connections ask of the server.
extension Dispatcher {
    /// Whether something has come last on a channel that its function does not know of.
    ///
    /// - Parameters:
    ///   - channels: with the ids that the function knows.
    ///   - app: whose they are.
    ///   - known: by channel, the ids about which the function was asked already; it grows. The
    ///     function's word counts about those, as a journal may have begun anew.
    /// - Returns: whether its function must be asked.
    func contradicts(
        _ channels: [HoldInstruction.Channel], of app: String, known: inout [String: String]
    ) -> Bool {
        var isBehind = false
        for channel in channels {
            guard let id = channel.previousID,
                let last = hub.lastID(of: Hub.Channel(app: app, name: channel.name)), last != id,
                known.updateValue(last, forKey: channel.name) != last
            else { continue }
            isBehind = true
        }
        return isBehind
    }

    /// Sends a request of the proxy's own to where a link leads, which must be in the same app.
    ///
    /// - Parameters:
    ///   - method: in capitals.
    ///   - reference: as the function has given it.
    ///   - base: what it is relative to.
    ///   - request: in whose place it is sent.
    ///   - fields: what the proxy says; names in lower case.
    ///   - completion: gets the answer, nil where nobody can be asked, and the address that it is
    ///     of.
    func ask(
        _ method: String, _ reference: String, from base: LinkBase, _ request: HeldRequest,
        _ fields: [(name: String, value: String)],
        completion: @escaping (Answer?, LinkBase) -> Void
    ) {
        let fail = { (problem: String) in
            self.logger.error("The link <\(reference)> of \(request.function) \(problem).")
            completion(nil, base)
        }
        guard let link = base.resolve(reference) else { return fail("cannot be resolved") }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method), uri: link.target,
            headers: ["host": link.host])
        guard let target = RequestTarget(head) else { return fail("is no address") }
        let destination = router.destination(
            method: method, host: target.host, path: target.path)
        guard case .mount(let index, let prefixLength) = destination,
            pools[index].mount.app == request.app
        else { return fail("leads to nothing that answers \(method) in \(request.app)") }
        let call = makeCall(head, target, hasBody: false) { _, answer in completion(answer, link) }
        call.pool = pools[index]
        call.prefixLength = prefixLength
        call.remoteAddress = request.remoteAddress
        call.localPort = request.localPort
        call.proxyFields = fields
        pools[index].submit(call)
    }

    /// Tells a function that a client has gone.
    func tell(_ reference: String, from base: LinkBase, _ request: HeldRequest) {
        guard !isStopping else { return }
        inquiries.append { [self] done in
            ask("POST", reference, from: base, request, []) { _, _ in done() }
        }
    }

    /// Wakes held connections; called a few times a second.
    func sweepHolds(now: NIODeadline) {
        hub.sweep(now: now)
        for held in alarms.due(now: now) { held.wake(now: now) }
    }
}

/// Requests of held connections to their functions, of which a few are under way at a time.
///
/// When a gap is found, a thousand clients may find it at once. The requests of others must not be
/// refused because of theirs.
final class Inquiries {
    typealias Inquiry = (_ done: @escaping () -> Void) -> Void

    private var waiting = CircularBuffer<Inquiry>()
    private var count = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func append(_ inquiry: @escaping Inquiry) {
        waiting.append(inquiry)
        startWaiting()
    }

    private func startWaiting() {
        while count < limit, let next = waiting.popFirst() {
            count += 1
            next { [self] in
                count -= 1
                startWaiting()
            }
        }
    }
}

import Foundation
import Glibc

/// Stands between libpq and the server, and writes down what the client says and when.
///
/// A round trip begins when the client speaks after the server did. So statements that leave
/// together are one trip however many writes they took, and a client that waits for an answer in
/// between cannot hide it.
final class Proxy: @unchecked Sendable {
    let folder: String
    private let listener: Int32
    private let server: String
    private let lock = NSLock()
    private var trips: [[String]] = []
    private var swallowsAnswer = false

    init(to cluster: Cluster) throws {
        var template = Array("/tmp/apusXXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        server = cluster.folder + "/.s.PGSQL.5432"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = Self.withAddress(folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 8) == 0 else { throw CocoaError(.fileWriteUnknown) }
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    /// Ends it; connections end by themselves when the client's do.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The statements that were sent since the last call, by round trip.
    func takeTrips() -> [[String]] {
        lock.withLock {
            defer { trips = [] }
            return trips.filter { !$0.isEmpty }
        }
    }

    /// Passes the next request on, awaits its answer, and hangs up on the client instead.
    func swallowNextAnswer() {
        lock.withLock { swallowsAnswer = true }
    }

    private func serve(_ client: Int32) {
        let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer {
            close(client)
            close(upstream)
        }
        guard Self.withAddress(server, { connect(upstream, $0, $1) }) == 0 else { return }
        var messages = Messages()
        var serverSpoke = true
        while true {
            var polled = [client, upstream].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&polled, 2, -1) > 0 else { return }
            if polled[0].revents != 0 {
                guard let bytes = Self.pass(from: client, to: upstream) else { return }
                let statements = messages.read(bytes)
                lock.withLock {
                    if serverSpoke || trips.isEmpty { trips.append([]) }
                    trips[trips.count - 1] += statements
                }
                serverSpoke = false
            }
            if polled[1].revents != 0 {
                let swallows = lock.withLock { swallowsAnswer && !serverSpoke }
                if swallows {
                    lock.withLock { swallowsAnswer = false }
                    return
                }
                guard Self.pass(from: upstream, to: client) != nil else { return }
                serverSpoke = true
            }
        }
    }

    private static func pass(from source: Int32, to sink: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(source, &bytes, bytes.count)
        guard count > 0 else { return nil }
        var sent = 0
        while sent < count {
            let written = bytes[sent..<count].withUnsafeBytes {
                send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return nil }
            sent += written
        }
        return Array(bytes[..<count])
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

/// The client's side of PostgreSQL's protocol (its manual, §55.7), as far as Parse messages.
private struct Messages {
    private var unread: [UInt8] = []
    /// The first message has no type.
    private var started = false

    /// The statements in the messages that these bytes complete, each behind its name, if any.
    mutating func read(_ bytes: [UInt8]) -> [String] {
        unread += bytes
        var statements: [String] = []
        while true {
            let head = started ? 1 : 0
            guard unread.count >= head + 4 else { return statements }
            let length = unread[head..<head + 4].reduce(0) { $0 << 8 | Int($1) } + head
            guard unread.count >= length else { return statements }
            let message = unread[..<length]
            if started, message.first == UInt8(ascii: "P") {
                let parts = message.dropFirst(5).split(
                    separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
                statements.append(
                    parts.prefix(2).map { String(decoding: $0, as: UTF8.self) }.joined())
            }
            started = true
            unread.removeFirst(length)
        }
    }
}

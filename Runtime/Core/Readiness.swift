import CSockets
import Glibc

/// Says which of many descriptors have something (epoll).
///
/// Unlike poll it can wait for a socket beside other processes so that one of them wakes when
/// somebody knocks, and not all.
struct Readiness {
    /// What is waited for at a descriptor.
    enum Interest {
        /// There is something to be received.
        case input
        /// There is room for something to be sent.
        case output
        /// Somebody knocks, and no other process that waits has been woken for him.
        case connection

        fileprivate var events: UInt32 {
            switch self {
            case .input: EPOLLIN
            case .output: EPOLLOUT
            case .connection: EPOLLIN | EPOLLEXCLUSIVE
            }
        }
    }

    /// The system has no room for another descriptor to be waited for.
    struct Unavailable: Error {
        var description: String
    }

    private let queue = epoll_create1(Int32(O_CLOEXEC))
    /// Room for all that are waited for: none that woke this process may be left for later.
    private let items: UnsafeMutableBufferPointer<epoll_item>

    /// - Parameter limit: so many descriptors are waited for at most.
    init(limit: Int) {
        items = .allocate(capacity: limit)
    }

    func deallocate() {
        close(queue)
        items.deallocate()
    }

    /// Waits for a descriptor from now on, until it is closed.
    func add(_ descriptor: Int32, for interest: Interest) throws(Unavailable) {
        try control(EPOLL_CTL_ADD, descriptor, interest.events)
    }

    /// Waits for something else at a descriptor; not at one of ``Interest/connection``.
    func change(_ descriptor: Int32, to interest: Interest) throws(Unavailable) {
        try control(EPOLL_CTL_MOD, descriptor, interest.events)
    }

    func remove(_ descriptor: Int32) {
        try? control(EPOLL_CTL_DEL, descriptor, 0)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ events: UInt32
    ) throws(Unavailable) {
        var item = epoll_item()
        item.events = events
        item.descriptor = descriptor
        guard epoll_ctl(queue, operation, descriptor, &item) == 0 else {
            throw Unavailable(description: String(cString: strerror(errno)))
        }
    }

    /// Waits until a descriptor has something.
    ///
    /// - Parameter limit: in milliseconds; negative for none.
    /// - Returns: all that have something.
    func wait(limit: Int32) -> some Sequence<Int32> {
        let count = epoll_wait(queue, items.baseAddress, Int32(items.count), limit)
        return items.prefix(max(Int(count), 0)).lazy.map(\.descriptor)
    }
}

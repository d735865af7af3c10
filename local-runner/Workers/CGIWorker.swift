import NIOCore
final class CGIWorker: Worker {
    init(pool: Pool, call: Call) throws {}
    func send(_ call: Call) {}
    func retire() {}
    func kill() {}
    func sweep(now: NIODeadline) {}
}

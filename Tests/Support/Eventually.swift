import Glibc

/// Whether something becomes true before a test gives up on it, after 20 seconds.
public func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<2000 {
        if try condition() { return true }
        usleep(10_000)
    }
    return false
}

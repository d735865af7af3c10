import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FunctionCache
@testable import LocalRunner

/// Where the values of a test are kept: every case of these suites runs on both.
enum Place: String, CaseIterable, CustomTestStringConvertible {
    case redis = "Redis"
    case memory

    var testDescription: String { rawValue }
}

/// A cache of one test: keys of its own in the shared Redis, or a memory whose clock it moves.
struct Bench {
    let cache: Cache
    let prefix = UUID().uuidString + ":"
    private let time: Time?

    private final class Time: Sendable {
        let now = Atomic<Int64>(1_000_000)
    }

    init(_ place: Place) throws {
        switch place {
        case .redis:
            time = nil
            cache = try Self.connect(prefix: prefix)
        case .memory:
            let time = Time()
            self.time = time
            let memory = MemoryStore { time.now.load(ordering: .relaxed) }
            cache = Cache(prefix: prefix, memory: memory) { nil }
        }
    }

    /// A cache with a connection of its own to the shared Redis.
    static func connect(prefix: String) throws -> Cache {
        signal(SIGPIPE, SIG_IGN)
        let address = try RedisAddress(Children.sandbox.get().redis().url)
        return Cache(prefix: prefix, memory: MemoryStore()) { address }
    }

    /// Lets time go by.
    func pass(milliseconds: Int64) {
        if let time {
            time.now.add(milliseconds * 1000, ordering: .relaxed)
        } else {
            usleep(UInt32(milliseconds * 1000))
        }
    }
}

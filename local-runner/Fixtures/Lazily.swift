import Synchronization

/// A value that is made when it is first asked for, once; whoever comes second waits.
///
/// What cannot be made is not tried again: everybody gets the same error.
final class Lazily<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let make: @Sendable () throws -> Value

    init(_ make: @escaping @Sendable () throws -> Value) {
        self.make = make
    }

    func get() throws -> Value {
        try result.withLock { result in
            let known = result ?? Result { try make() }
            result = known
            return known
        }.get()
    }
}

/// The same for several values, each known by a name.
final class LazilyNamed<Value: Sendable>: Sendable {
    private let known = Mutex<[String: Lazily<Value>]>([:])

    /// The value of a name; different ones are made at the same time.
    func get(_ name: String, _ make: @escaping @Sendable () throws -> Value) throws -> Value {
        try known.withLock { known in
            let value = known[name] ?? Lazily(make)
            known[name] = value
            return value
        }.get()
    }
}

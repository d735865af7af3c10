import FunctionRuntime

/// Does what another service is needed for.
///
/// - Parameters:
///   - service: what it is, as the log and the caller are told.
///   - work: asks it.
/// - Returns: what it has made of it.
/// - Throws: 503 where the service refuses or cannot be reached; the log has why.
@discardableResult
public func depending<Value>(on service: String, _ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch let failure as Failure {
        throw failure
    } catch {
        Log.error("\(service) cannot be used.", ["error": "\(error)"])
        throw Failure.unavailable("\(service) cannot be used now; try again soon.")
    }
}

internal import CPostgres
internal import FunctionRuntime

/// The words of libpq, without the password: it quotes an address that it cannot read.
extension Connection {
    /// Why there is no connection, and to what.
    static func problem(of connection: OpaquePointer, address: String) -> String {
        let options = PQconninfoParse(address, nil)
        guard options != nil else {
            return "its address is neither a postgres:// URL nor a list of key=value pairs"
        }
        PQconninfoFree(options)
        let database = PQdb(connection).map { String(cString: $0) } ?? ""
        let host = PQhost(connection).map { String(cString: $0) } ?? ""
        return "database \"\(database)\" at \"\(host)\": \(message(of: connection))"
    }

    /// What libpq says last, on one line.
    static func message(of connection: OpaquePointer) -> String {
        String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline)
            .joined(separator: " ")
    }

    /// Passes warnings on to the log.
    ///
    /// Notices are for whoever types statements at a terminal.
    static func log(notice: OpaquePointer?) {
        guard let notice else { return }
        let refusal = SQLError.Refusal(notice)
        guard refusal.severity == "WARNING" else { return }
        Log.warning(
            "PostgreSQL warns.", ["sqlState": refusal.sqlState, "warning": refusal.message])
    }

    /// Lends strings as an array of C strings that ends in a null.
    static func withPointers<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result?
    ) -> Result? {
        func lend(_ rest: ArraySlice<String>, _ pointers: [UnsafePointer<CChar>?]) -> Result? {
            guard let text = rest.first else {
                return (pointers + [nil]).withUnsafeBufferPointer { $0.baseAddress.flatMap(body) }
            }
            return text.withCString { lend(rest.dropFirst(), pointers + [$0]) }
        }
        return lend(texts[...], [])
    }
}

import FunctionPostgres

/// Who a transaction says that it is: the settings that policies read, by name.
package struct Identity: Sendable {
    package var settings: [String: String] = [:]

    /// What may be wrong with a setting, or with all of them.
    package enum Fault: String, Sendable, CaseIterable {
        case empty
        case unset
        case malformed
    }

    /// The same identity with a fault.
    package func with(_ fault: Fault, in names: [String]) -> Identity {
        var identity = self
        for name in names {
            switch fault {
            case .empty: identity.settings[name] = ""
            case .unset: identity.settings[name] = nil
            case .malformed: identity.settings[name] = "' OR true --"
            }
        }
        return identity
    }

    /// Becomes the function role under this identity, in the transaction that is open.
    ///
    /// On a connection that has never had a setting, one that is left out is unset; that it once
    /// had, and rolled back, is empty.
    func assume(on connection: Connection, role: String) throws {
        for (name, value) in settings {
            try connection.run("SELECT set_config(\(name), \(value), true)")
        }
        try connection.run("SET LOCAL ROLE \(identifier: role)")
    }
}

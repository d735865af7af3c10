import FunctionCrypto
import FunctionRuntime
import Synchronization

/// The passwords of the roles in PostgreSQL: random, 256 bits, kept in `STATE/passwords.json`.
///
/// A role's password is made when it is first asked for. They serve processes on this machine;
/// nobody types them.
final class Passwords: Sendable {
    private let state: StateFolder
    /// Held over reading, adding and writing.
    private let lock = Mutex(())

    init(in state: StateFolder) {
        self.state = state
    }

    /// The password of a role.
    func password(of role: String) throws -> String {
        try lock.withLock { _ in
            let known = try read()
            if let password = known.last(where: { $0.name == role })?.value.text { return password }
            let password = try Token.make()
            let members = known + [.init(role, .string(password))]
            try state.write(JSON.object(members).bytes, to: Self.file)
            return password
        }
    }

    private static let file = "passwords.json"

    private func read() throws -> [JSON.Member] {
        guard let bytes = try state.read(Self.file) else { return [] }
        guard case .object(let members)? = try? JSON(parsing: bytes) else {
            throw RunnerError(
                """
                \(state.file(Self.file)) does not hold passwords. Restore it, or delete the state \
                folder to start with new databases.
                """)
        }
        return members
    }
}

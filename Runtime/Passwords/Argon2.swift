import CArgon2

/// Argon2 by libargon2, in the PHC string format that the library reads and writes.
enum Argon2 {
    static let saltLength = 16
    private static let memory: UInt32 = 19_456
    private static let passes: UInt32 = 2
    private static let lanes: UInt32 = 1
    private static let tagLength = 32

    /// What every hash made here starts with, and how long it is (16 and 32 bytes take 22 and 43
    /// characters): any other is outdated.
    private static let prefix = "$argon2id$v=19$m=\(memory),t=\(passes),p=\(lanes)$"
    private static let length = prefix.utf8.count + 22 + 1 + 43

    static func hash(_ password: String, salt: [UInt8]) throws -> String {
        var password = password
        return try password.withUTF8 { password in
            try withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { encoded in
                let code = argon2id_hash_encoded(
                    passes, memory, lanes, password.baseAddress, password.count, salt, salt.count,
                    tagLength, encoded.baseAddress, encoded.count)
                guard code == ARGON2_OK.rawValue, let text = encoded.baseAddress else {
                    throw failure("argon2id_hash_encoded", code)
                }
                return String(cString: text)
            }
        }
    }

    static func verify(_ password: String, against stored: String) throws -> Password.Verdict {
        let isHybrid = stored.hasPrefix("$argon2id$")
        try refuseExcess(stored, scheme: isHybrid ? "argon2id" : "argon2i")
        var password = password
        let code = password.withUTF8 { password in
            argon2_verify(
                stored, password.baseAddress, password.count, isHybrid ? Argon2_id : Argon2_i)
        }
        switch argon2_error_codes(code) {
        case ARGON2_OK:
            let isCurrent = stored.hasPrefix(prefix) && stored.utf8.count == length
            return isCurrent ? .correct : .correctButOutdated
        case ARGON2_VERIFY_MISMATCH: return .wrong
        case ARGON2_MEMORY_ALLOCATION_ERROR, ARGON2_THREAD_FAIL:
            throw failure("argon2_verify", code)
        // Whatever else the library dislikes stands in the hash: a salt too short, a tag too long.
        default: throw PasswordError.malformed(scheme: isHybrid ? "argon2id" : "argon2i")
        }
    }

    /// Refuses parameters that no honest hash has: who could write one row of a table could stop
    /// the machine with it.
    private static func refuseExcess(_ stored: String, scheme: String) throws {
        let parts = stored.split(separator: "$")
        guard let text = parts.first(where: { $0.hasPrefix("m=") }) else {
            throw PasswordError.malformed(scheme: scheme)
        }
        let values = text.split(separator: ",").map { $0.dropFirst(2) }
        guard values.count == 3, let memory = UInt32(values[0]), let passes = UInt32(values[1]),
            let lanes = UInt32(values[2])
        else { throw PasswordError.malformed(scheme: scheme) }
        guard memory <= 1 << 20, lanes <= 16, UInt64(memory) * UInt64(passes) <= 1 << 22 else {
            throw PasswordError.tooCostly(parameters: String(text))
        }
    }

    private static func failure(_ operation: String, _ code: Int32) -> PasswordError {
        let message = argon2_error_message(code).map { String(cString: $0) } ?? "no message"
        return .failed(operation: operation, code: code, message: message)
    }
}

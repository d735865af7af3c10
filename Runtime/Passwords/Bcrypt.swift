import CCrypt
import FunctionCrypto
import Glibc

/// Bcrypt by libcrypt: only checked, never made.
///
/// It reads the first 72 bytes of a password, and ends at a byte 0. Hashes that were made
/// elsewhere were made so; therefore the rest of a longer password is ignored here too. A password with
/// U+0000 in it is wrong, because a shorter one would open the same account.
enum Bcrypt {
    private static let lengthLimit = 72
    /// `$2b$10$`, 22 characters of salt, 31 of the hash.
    private static let length = 60
    /// 2 to the power of 15 rounds take some two seconds; each further step doubles them.
    private static let costs = 4...15

    static func verify(_ password: String, against stored: String) throws -> Password.Verdict {
        let parts = stored.split(separator: "$")
        guard stored.utf8.count == length, parts.count == 3, parts[1].utf8.count == 2,
            let cost = Int(parts[1])
        else { throw PasswordError.malformed(scheme: "bcrypt") }
        guard costs.contains(cost) else {
            throw PasswordError.tooCostly(parameters: "bcrypt's cost \(cost)")
        }
        let bytes = Array(password.utf8)
        let isSame = constantTimeEquals(try crypt(bytes.prefix(lengthLimit), stored), stored)
        return isSame && !bytes.contains(0) ? .correctButOutdated : .wrong
    }

    private static func crypt(_ password: ArraySlice<UInt8>, _ setting: String) throws -> String {
        let phrase = password.map(CChar.init(bitPattern:)) + [0]
        let size = MemoryLayout<crypt_data>.size
        return try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { scratch in
            scratch.initializeMemory(as: UInt8.self, repeating: 0)
            defer { scratch.initializeMemory(as: UInt8.self, repeating: 0) }
            guard let hash = crypt_rn(phrase, setting, scratch.baseAddress, Int32(size)) else {
                if errno == EINVAL { throw PasswordError.malformed(scheme: "bcrypt") }
                throw PasswordError.failed(
                    operation: "crypt_rn", code: errno, message: String(cString: strerror(errno)))
            }
            return String(cString: hash)
        }
    }
}

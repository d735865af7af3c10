import COpenSSL

/// A call of OpenSSL failed: what was to be done, the library's code and its words.
public struct CryptoError: Error, Sendable, CustomStringConvertible {
    public var operation: String
    /// OpenSSL's packed error code; 0 where it gives none.
    public var code: UInt
    public var message: String

    /// Takes the latest error of this thread from OpenSSL's queue, and empties the queue.
    static func last(_ operation: String) -> CryptoError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            ERR_error_string_n(code, buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        return CryptoError(operation: operation, code: UInt(code), message: message)
    }

    public var description: String { "\(operation) failed: \(message)." }
}

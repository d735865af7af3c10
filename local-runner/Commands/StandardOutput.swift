import Glibc

/// Standard output, for what is not text.
enum StandardOutput {
    /// Writes bytes as they are.
    static func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw SystemCallError("Writing to standard output") }
            rest = rest.dropFirst(count)
        }
    }
}

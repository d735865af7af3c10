import Glibc

/// A system call that failed: what was to be done, and the system's words.
struct SystemCallError: Error, CustomStringConvertible {
    var operation: String
    var code: Int32

    init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    var description: String {
        "\(operation) failed: \(String(cString: strerror(code)))."
    }
}

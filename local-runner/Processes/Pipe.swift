import CLinux
import Glibc

/// Both ends of a pipe that carries bytes to a child or from it.
///
/// No child inherits them by chance: they are closed on exec, and ``ChildProcess`` puts the
/// child's end in place.
struct Pipe: Sendable {
    /// The end to read from.
    var output: Int32
    /// The end to write to.
    var input: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemCallError("Opening a pipe") }
        output = ends[0]
        input = ends[1]
    }

    func close() {
        Glibc.close(output)
        Glibc.close(input)
    }
}

import Glibc

/// A connected pair of stream sockets, both closed on exec.
///
/// A worker gets one end as its standard input and its standard output, so the runner has one
/// descriptor to watch rather than two.
struct SocketPair {
    var ours: Int32
    var theirs: Int32

    /// - Throws: ``SystemCallError`` where too many files are open.
    init() throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SystemCallError("Opening a socket pair")
        }
        ours = ends[0]
        theirs = ends[1]
    }
}

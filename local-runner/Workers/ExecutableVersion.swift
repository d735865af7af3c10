import Glibc

/// Which build of an executable lies at its path: a new build is another file, or another size or
/// time.
struct ExecutableVersion: Equatable {
    private let file: ino_t
    private let size: off_t
    private let seconds: time_t
    private let nanoseconds: Int

    /// Nil where nothing is there, as for a moment while a linker replaces it.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        file = status.st_ino
        size = status.st_size
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

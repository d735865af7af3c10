import Glibc

/// How many files the runner may have open at once; each connection is one.
enum DescriptorLimit {
    /// Thousands of clients that wait, and what they wait for.
    private static let wanted: rlim_t = 1 << 16

    /// Takes as many as it may have, up to what it wants: a shell gives 1024 at first.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let most = min(limit.rlim_max, max(limit.rlim_cur, wanted))
        guard limit.rlim_cur < most else { return }
        limit.rlim_cur = most
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

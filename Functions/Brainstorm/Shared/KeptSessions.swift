/// Where ShowSession keeps its answers, and what must make them void: whatever ends a session or
/// changes what its user sees of it.
public enum KeptSessions {
    /// The name of the group in the cache.
    public static let group = "sessions"
}

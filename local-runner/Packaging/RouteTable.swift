/// The routes of an app as a web server's configuration needs them: paths in the order in which they
/// are to be tried, and for each of them which function takes which method.
///
/// It answers as the runner does (``RouteTree``), where a path that lacks a method gives way to a less
/// specific one that has it: `PUT /users/{id}` takes `PUT /users/me` although there is a `GET /users/me`.
/// A configuration chooses the path first. So what falls to a path from the others that match it
/// stands with it; and where two paths overlap, such as `/a/{x}` and `/{y}/b`, there is a third, `/a/b`.
struct RouteTable: Sendable {
    /// A path, whose placeholders have no names here.
    struct Path: Sendable, Hashable, Comparable {
        /// Nil for a placeholder.
        var segments: [String?]

        init(_ route: String) {
            segments = route.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
                .map { $0.hasPrefix("{") ? nil : String($0) }
        }

        private init(segments: [String?]) {
            self.segments = segments
        }

        var isFixed: Bool { segments.allSatisfy { $0 != nil } }

        /// Such as `/news/*`.
        var text: String { segments.map { "/" + ($0 ?? "*") }.joined() }

        /// Whether whatever the other matches is matched by this, too.
        func covers(_ other: Path) -> Bool {
            segments.count == other.segments.count
                && zip(segments, other.segments).allSatisfy { $0 == nil && $1 != "" || $0 == $1 }
        }

        /// What both match; nil where nothing does.
        func meeting(_ other: Path) -> Path? {
            guard segments.count == other.segments.count else { return nil }
            var both: [String?] = []
            for (left, right) in zip(segments, other.segments) {
                guard left == nil && right != "" || right == nil && left != "" || left == right
                else { return nil }
                both.append(left ?? right)
            }
            return Path(segments: both)
        }

        /// The more specific first: where two differ, a fixed segment stands before a placeholder.
        static func < (left: Path, right: Path) -> Bool {
            for (left, right) in zip(left.segments, right.segments) where left != right {
                guard let left else { return false }
                guard let right else { return true }
                return left < right
            }
            return left.segments.count < right.segments.count
        }
    }

    /// A path with the functions that answer there.
    struct Row: Sendable {
        var path: Path
        /// Sorted; HEAD is among them where GET is.
        var methods: [(method: String, function: String)]

        /// As the field Allow has them.
        var allow: String { methods.map(\.method).joined(separator: ", ") }

        /// The functions with the methods that each takes, sorted.
        var functions: [(function: String, methods: [String])] {
            Dictionary(grouping: methods, by: \.function).sorted { $0.key < $1.key }
                .map { ($0.key, $0.value.map(\.method)) }
        }
    }

    /// Fixed paths first, then those with placeholders, the more specific first.
    let rows: [Row]

    init(_ functions: [Catalog.Function]) {
        var declared: [Path: [String: String]] = [:]
        for function in functions {
            for path in function.description.paths {
                declared[Path(path), default: [:]][function.description.method] = function.name
            }
        }
        let paths = Self.closed(Set(declared.keys))
        let rows = paths.sorted().map { path in
            let covering = declared.keys.filter { $0.covers(path) }.sorted()
            var methods: [String: String] = [:]
            for name in covering {
                var own = declared[name] ?? [:]
                if own["HEAD"] == nil { own["HEAD"] = own["GET"] }
                methods.merge(own) { first, _ in first }
            }
            return Row(
                path: path,
                methods: methods.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
        self.rows = rows.filter(\.path.isFixed) + rows.filter { !$0.path.isFixed }
    }

    /// The paths and what each two of them both match.
    private static func closed(_ paths: Set<Path>) -> Set<Path> {
        let more = paths.flatMap { left in paths.compactMap { left.meeting($0) } }
        let all = paths.union(more)
        return all.count == paths.count ? paths : closed(all)
    }
}

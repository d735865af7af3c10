/// The routes of one app, as a tree over path segments.
///
/// A fixed segment wins over a placeholder, and a node that lacks the method gives way to the next
/// that has it: beside `GET /users/me`, `PUT /users/{id}` still answers `PUT /users/me`.
struct RouteTree: Sendable {
    /// Changed only while the tree is made, on one thread.
    private final class Node: @unchecked Sendable {
        var fixed: [String: Node] = [:]
        var placeholder: Node?
        /// The mount of each method, by its place in the router's list.
        var methods: [String: Int] = [:]
    }

    /// What is known of a path.
    struct Match {
        /// The mount that answers.
        var mount: Int?
        /// All methods of this path, for `Allow`; empty where there is no such path.
        var methods: Set<String> = []
    }

    private let root = Node()

    /// Adds a route.
    ///
    /// - Returns: the mount that holds this method and path already, whatever its placeholders are
    ///   called; nil where it was added.
    func insert(method: String, path: String, mount: Int) -> Int? {
        var node = root
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if segment.hasPrefix("{") {
                let next = node.placeholder ?? Node()
                node.placeholder = next
                node = next
            } else {
                let next = node.fixed[String(segment)] ?? Node()
                node.fixed[String(segment)] = next
                node = next
            }
        }
        if let holder = node.methods[method] { return holder }
        node.methods[method] = mount
        return nil
    }

    func match(method: String, segments: ArraySlice<String>) -> Match {
        var match = Match()
        Self.search(root, segments, method, &match)
        return match
    }

    /// Visits the nodes of a path, the most specific first, until one has the method.
    private static func search(
        _ node: Node, _ segments: ArraySlice<String>, _ method: String, _ match: inout Match
    ) {
        guard let segment = segments.first else {
            match.mount = node.methods[method] ?? (method == "HEAD" ? node.methods["GET"] : nil)
            if match.mount == nil { match.methods.formUnion(node.methods.keys) }
            return
        }
        if let next = node.fixed[segment] {
            search(next, segments.dropFirst(), method, &match)
        }
        if match.mount == nil, !segment.isEmpty, let next = node.placeholder {
            search(next, segments.dropFirst(), method, &match)
        }
    }
}

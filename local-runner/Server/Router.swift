/// Two functions claim the same method and path.
struct RouteConflict: Error, CustomStringConvertible {
    var method: String
    var path: String
    var first: String
    var second: String

    var description: String {
        """
        \(first) and \(second) both answer \(method) \(path); change the route of one of them.
        """
    }
}

/// A route, a host or a prefix that cannot be served.
struct InvalidMount: Error, CustomStringConvertible {
    var description: String
}

/// Finds the function of a request.
///
/// An app answers under its own host at `/`, and under every other host below its prefix. Paths
/// are compared segment by segment after decoding; what a function receives is as the client
/// sent it.
struct Router {
    /// An app and its routes.
    final class App: Sendable {
        let name: String
        let host: String
        let prefix: String
        let envelope: String
        fileprivate let prefixSegments: [String]
        fileprivate let routes = RouteTree()

        fileprivate init(of mount: Mount, prefixSegments: [String]) {
            name = mount.app
            host = mount.host
            prefix = mount.prefix
            envelope = mount.envelope
            self.prefixSegments = prefixSegments
        }
    }

    /// Where a request goes.
    enum Destination {
        /// To a function, which sees the path without the first so many bytes.
        case mount(Int, prefixLength: Int)
        /// Nowhere in this app.
        case notFound(App)
        /// The path is there, and does not take the method.
        case methodNotAllowed(App, allow: String)
        /// To the runner itself, which says what the path takes.
        case options(allow: String)
        /// To the same path without the slash at its end.
        case redirect(to: String)
        /// The path cannot be decoded.
        case malformed
        /// No app is concerned.
        case runner

        /// Whether no app answers there.
        var isFree: Bool {
            switch self {
            case .runner, .malformed: true
            default: false
            }
        }
    }

    let mounts: [Mount]
    let apps: [App]
    private let appOfHost: [String: Int]

    /// - Throws: ``RouteConflict`` or ``InvalidMount``, which name the functions.
    init(mounts: [Mount]) throws {
        self.mounts = mounts
        var apps: [App] = []
        for (index, mount) in mounts.enumerated() {
            let app = try Self.app(of: mount, in: &apps)
            for path in mount.paths {
                try Self.check(path, of: mount)
                if let holder = app.routes.insert(method: mount.method, path: path, mount: index) {
                    throw RouteConflict(
                        method: mount.method, path: path, first: mounts[holder].name,
                        second: mount.name)
                }
            }
        }
        apps.sort { $0.prefixSegments.count > $1.prefixSegments.count }
        self.apps = apps
        appOfHost = Dictionary(uniqueKeysWithValues: apps.enumerated().map { ($1.host, $0) })
    }

    private static func app(of mount: Mount, in apps: inout [App]) throws -> App {
        for app in apps {
            if app.name == mount.app, app.host == mount.host, app.prefix == mount.prefix {
                return app
            }
            guard app.host != mount.host, app.prefix != mount.prefix, app.name != mount.app else {
                throw InvalidMount(
                    description: """
                        \(app.name) answers at \(app.host) and \(app.prefix), and \(mount.name) \
                        at \(mount.host) and \(mount.prefix). Each app needs a host and a prefix \
                        of its own.
                        """)
            }
        }
        guard let prefix = PathSegments(Substring(mount.prefix).utf8) else {
            throw InvalidMount(
                description: "The prefix \(mount.prefix) of \(mount.app) must start with a slash.")
        }
        let segments = mount.prefix == "/" ? [] : prefix.segments
        let app = App(of: mount, prefixSegments: segments)
        apps.append(app)
        return app
    }

    private static func check(_ path: String, of mount: Mount) throws {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let isWhole = segments.allSatisfy { segment in
            segment.contains("{") || segment.contains("}")
                ? segment.count > 2 && segment.hasPrefix("{") && segment.hasSuffix("}")
                    && segment.dropFirst().dropLast().allSatisfy { $0 != "{" && $0 != "}" }
                : true
        }
        guard path.hasPrefix("/"), isWhole else {
            throw InvalidMount(
                description: """
                    The path \(path) of \(mount.name) must start with a slash, and a placeholder \
                    must be a whole segment, such as /tickets/{id}.
                    """)
        }
    }

    /// - Parameters:
    ///   - method: in capitals.
    ///   - host: the value of the header, with its port.
    ///   - path: percent-encoded, without the query.
    /// - Returns: who answers.
    func destination(method: String, host: Substring, path: Substring) -> Destination {
        guard let segments = PathSegments(path.utf8) else { return .malformed }
        guard let (app, depth) = app(host: host, segments: segments.segments) else {
            return .runner
        }
        let match = match(method, segments.segments.dropFirst(depth), in: app)
        if let mount = match.mount {
            let isWhole = depth == segments.offsets.count
            return .mount(
                mount, prefixLength: isWhole ? path.utf8.count : segments.offsets[depth] - 1)
        }
        if !match.methods.isEmpty {
            let allow = Self.allow(match.methods)
            return method == "OPTIONS"
                ? .options(allow: allow) : .methodNotAllowed(app, allow: allow)
        }
        if segments.segments.count > depth + 1, segments.segments.last == "" {
            let shorter = self.match(method, segments.segments.dropFirst(depth).dropLast(), in: app)
            if shorter.mount != nil || !shorter.methods.isEmpty {
                return .redirect(to: String(path.dropLast()))
            }
        }
        return .notFound(app)
    }

    private func match(
        _ method: String, _ segments: ArraySlice<String>, in app: App
    ) -> RouteTree.Match {
        app.routes.match(method: method, segments: segments.isEmpty ? [""] : segments)
    }

    /// The app of a request, and how many segments its prefix takes.
    private func app(host: Substring, segments: [String]) -> (App, Int)? {
        if let index = appOfHost[Self.name(ofHost: host)] { return (apps[index], 0) }
        for app in apps where segments.starts(with: app.prefixSegments) {
            return (app, app.prefixSegments.count)
        }
        return nil
    }

    /// The host without port and final dot, in lower case.
    static func name(ofHost host: Substring) -> String {
        var name = host
        if let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")), !host.hasSuffix("]") {
            name = host[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        return name.lowercased()
    }

    /// The methods as the field Allow has them.
    ///
    /// What takes GET takes HEAD, and everything takes OPTIONS.
    private static func allow(_ methods: Set<String>) -> String {
        let implied: Set = methods.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]
        return methods.union(implied).sorted().joined(separator: ", ")
    }
}

/// Where an endpoint answers: a method and a path with `{name}` placeholders, each one segment.
public struct Route: Sendable, Equatable {
    public let method: String
    public let path: String
    /// Other paths of the same function, such as one kept for old clients.
    public var aliases: [String] = []
    /// Whether clients connect to it with WebSockets, whose events come as POST requests.
    public private(set) var isWebSocket = false

    public static func get(_ path: String) -> Route { Route(method: "GET", path: path) }
    public static func post(_ path: String) -> Route { Route(method: "POST", path: path) }
    public static func put(_ path: String) -> Route { Route(method: "PUT", path: path) }
    public static func patch(_ path: String) -> Route { Route(method: "PATCH", path: path) }
    public static func delete(_ path: String) -> Route { Route(method: "DELETE", path: path) }

    /// Where clients connect with WebSockets.
    public static func webSocket(_ path: String) -> Route {
        var route = Route.get(path)
        route.isWebSocket = true
        return route
    }

    /// The same route, answering at a further path too.
    public func alias(_ path: String) -> Route {
        var route = self
        route.aliases.append(path)
        return route
    }

    /// Whether a request's method belongs here.
    ///
    /// What answers GET answers HEAD (RFC 9110 §9.3.2).
    func accepts(method: String) -> Bool {
        method == self.method || method == "HEAD" && self.method == "GET"
            || method == "POST" && isWebSocket
    }

    /// The value of the header `Allow` (RFC 9110 §10.2.1).
    var allow: String { method == "GET" ? "GET, HEAD" : method }

    /// The placeholders' values, percent-decoded; nil where the path is another.
    ///
    /// The path is taken as the client sent it, so that `%2F` within a segment does not split it.
    func match(_ path: String) -> [(name: String, value: String)]? {
        for pattern in [self.path] + aliases {
            if let values = Self.match(path, with: pattern) { return values }
        }
        return nil
    }

    private static func match(
        _ path: String, with pattern: String
    ) -> [(name: String, value: String)]? {
        var wanted = Segments(pattern)
        var given = Segments(path)
        var values: [(name: String, value: String)] = []
        while let want = wanted.next() {
            guard let have = given.next() else { return nil }
            if want.elementsEqual(have), want.first != UInt8(ascii: "{") { continue }
            guard let text = PercentEncoding.decode(have) else { return nil }
            if want.first == UInt8(ascii: "{"), !text.isEmpty {
                values.append((String(Substring(want.dropFirst().dropLast())), text))
            } else if !want.elementsEqual(text.utf8) {
                return nil
            }
        }
        return given.next() == nil ? values : nil
    }
}

/// What stands between the slashes of a path, empty parts included.
private struct Segments {
    private var rest: Substring.UTF8View?

    init(_ path: String) {
        rest = Substring(path).utf8
    }

    mutating func next() -> Substring.UTF8View? {
        guard let text = rest else { return nil }
        let end = text.firstIndex(of: UInt8(ascii: "/"))
        rest = end.map { text[text.index(after: $0)...] }
        return text[..<(end ?? text.endIndex)]
    }
}

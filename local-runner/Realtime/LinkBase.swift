/// What a reference in `Grip-Link` is relative to: the address of the answer that bears it.
struct LinkBase: Equatable {
    /// With its port.
    var host: String
    /// Percent-encoded.
    var path: String
    /// Without the question mark.
    var query: String

    init(_ call: Call) {
        self.init(host: String(call.host), path: String(call.path), query: String(call.query))
    }

    init(host: String, path: String, query: String) {
        self.host = host
        self.path = path
        self.query = query
    }

    /// As a request line has it.
    var target: String { query.isEmpty ? path : "\(path)?\(query)" }

    /// The address that a reference leads to (RFC 3986 §5.2.2); nil where it is none of HTTP.
    func resolve(_ reference: String) -> LinkBase? {
        var rest = reference.prefix { $0 != "#" }
        var resolved = self
        if let scheme = rest.firstIndex(of: ":"), !rest[..<scheme].contains(where: "/?".contains) {
            guard ["http", "https"].contains(rest[..<scheme].lowercased()) else { return nil }
            rest = rest[rest.index(after: scheme)...]
            guard rest.hasPrefix("//") else { return nil }
        }
        let hasHost = rest.hasPrefix("//")
        if hasHost {
            resolved.host = String(rest.dropFirst(2).prefix { !"/?".contains($0) })
            rest = rest.dropFirst(2 + resolved.host.count)
            guard !resolved.host.isEmpty else { return nil }
        }
        let path = rest.prefix { $0 != "?" }
        let hasQuery = path.endIndex < rest.endIndex
        if hasQuery || hasHost || !path.isEmpty {
            resolved.query = hasQuery ? String(rest[path.endIndex...].dropFirst()) : ""
        }
        if hasHost || path.hasPrefix("/") {
            resolved.path = Self.withoutDots(path.isEmpty ? "/" : path)
        } else if !path.isEmpty {
            let folder = self.path.prefix(
                through: self.path.lastIndex(of: "/") ?? self.path.startIndex)
            resolved.path = Self.withoutDots(folder + path)
        }
        return resolved
    }

    /// RFC 3986 §5.2.4.
    private static func withoutDots(_ path: some StringProtocol) -> String {
        var kept: [Substring] = []
        let segments = Substring(path).split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated().dropFirst() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}

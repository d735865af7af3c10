import Glibc

/// A request as meta-variables tell it (RFC 3875 §4.1): the environment of a CGI process, or what a
/// web server sends over FastCGI.
///
/// Each is looked at once, in the order in which they come, and where it lies.
struct MetaVariables {
    /// All but its body, as far as the variables have come.
    var request = Request(method: "GET", path: "/")
    /// How long the body is to be; nil where nobody says.
    private(set) var contentLength: Int?
    private var time: Timestamp?

    /// Takes one variable; an empty value is that of one which is not set (§4.1).
    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if name.starts("HTTP_") { return addField(name.dropping(5), value) }
        guard !value.isEmpty else { return }
        switch name {
        case "REQUEST_METHOD": request.method = value.text
        case "PATH_INFO": setPath(value)
        case "QUERY_STRING": request.query = Query(value.text)
        case "REMOTE_ADDR": request.remoteAddress = value.text
        case "CONTENT_TYPE": request.headers.append("content-type", value.text)
        case "CONTENT_LENGTH":
            request.headers.append("content-length", value.text)
            // What is not a length counts as none.
            contentLength = Int(value.text).flatMap { $0 < 0 ? nil : $0 }
        default: addOwn(name, value)
        }
    }

    /// Takes one of those that a server of Apus may set.
    ///
    /// No header can: a client that chose the time could outlive its session.
    mutating func addOwn(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        guard name.starts("APUS_"), !value.isEmpty else { return }
        switch name {
        case "APUS_REQUEST_ID": request.id = value.text
        case "APUS_REQUEST_TIME": time = Timestamp.read(milliseconds: value.text)
        case "APUS_REMOTE_ADDRESS": request.remoteAddress = value.text
        case "APUS_DEADLINE": request.deadline = Timestamp.read(milliseconds: value.text)
        default: break
        }
    }

    /// Takes a header field whose name has `_` for `-` (§4.1.18).
    ///
    /// Two have variables of their own, and some servers tell them a second time.
    private mutating func addField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        switch name {
        case "CONTENT_TYPE", "CONTENT_LENGTH": break
        default: addHeader(name, value)
        }
    }

    /// Takes a header field whose name has `_` for `-`.
    mutating func addHeader(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let name = String(unsafeUninitializedCapacity: name.count) { bytes in
            for (index, byte) in name.enumerated() { bytes[index] = byte == 0x5F ? 0x2D : byte }
            return name.count
        }
        request.headers.append(name, value.text)
    }

    /// Takes a path that was decoded (§4.1.5); what it stood for in the URL is encoded again.
    mutating func setPath(_ value: UnsafeRawBufferPointer) {
        request.path = PercentEncoding.encode(value, keeping: "/:@!$&'()*+,;=")
    }

    /// The request, when all variables have come.
    func complete(body: [UInt8]) -> Request {
        var request = request
        request.body = body
        request.time = time ?? Clock.now()
        if request.id.isEmpty { request.id = "\(Clock.now().microseconds)-\(getpid())" }
        return request
    }
}

extension MetaVariables {
    /// Hands out each variable of the environment of this process.
    static func eachOfEnvironment(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        var next = environ
        while let entry = next.pointee {
            next += 1
            guard let equals = strchr(entry, 0x3D) else { continue }
            body(
                UnsafeRawBufferPointer(start: entry, count: equals - entry),
                UnsafeRawBufferPointer(start: equals + 1, count: strlen(equals + 1)))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Malformed UTF-8 is repaired.
    var text: String { String(decoding: self, as: UTF8.self) }

    func dropping(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: dropFirst(count))
    }

    func starts(_ prefix: StaticString) -> Bool {
        guard let baseAddress, count >= prefix.utf8CodeUnitCount else { return false }
        return memcmp(baseAddress, prefix.utf8Start, prefix.utf8CodeUnitCount) == 0
    }

    static func ~= (pattern: StaticString, bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count == pattern.utf8CodeUnitCount && bytes.starts(pattern)
    }
}

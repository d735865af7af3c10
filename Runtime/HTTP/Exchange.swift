internal import CCurl
internal import FunctionRuntime
internal import Glibc

/// What libcurl calls back with, one attempt at a request.
final class Exchange {
    let request: HTTP.Request
    private let sink: HTTP.Sink
    private let limit: Int
    private(set) var response: HTTP.Response
    /// Why this side ended it.
    private(set) var error: (any Error)?
    /// Whether a part of the answer was passed on, which cannot be taken back.
    private(set) var isUsed = false
    /// How much of the request's body has gone out.
    var sent = 0

    init(_ request: HTTP.Request, _ sink: HTTP.Sink, limit: Int) {
        self.request = request
        self.sink = sink
        self.limit = limit
        response = .init(status: 0, headers: [:], body: [], request: request.summary)
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
        context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes one line of a head; a status line begins a new one, after a redirect or a 100.
    func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let line = String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            response.status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            response.headers = [:]
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].utf8.drop(while: Self.isSpace)
            response.headers.append(
                String(line[..<colon]), String(Substring(value.dropLastSpaces(Self.isSpace))))
        }
        return count
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }

    func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let piece = UnsafeRawBufferPointer(start: bytes, count: count)
        do {
            try take(piece)
            return count
        } catch {
            self.error = error
            return 0
        }
    }

    private func take(_ piece: UnsafeRawBufferPointer) throws {
        if response.isSuccess {
            switch sink {
            case .memory: break
            case .file(let descriptor):
                isUsed = true
                return try write(piece, to: descriptor)
            case .pieces(let body):
                isUsed = true
                return try body(piece)
            }
        }
        guard response.body.count + piece.count <= limit else {
            throw HTTPError(.tooLarge, request, "more than \(limit) bytes")
        }
        response.body += piece
    }

    private func write(_ piece: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var rest = piece
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fileError("its answer cannot be written") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func giveBody(_ target: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard let target else { return Int(CURL_READFUNC_ABORT) }
        let count: Int
        switch request.body {
        case .none: return 0
        case .bytes(let bytes):
            let part = bytes.dropFirst(sent).prefix(room)
            part.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: target, count: room).copyMemory(from: $0)
            }
            count = part.count
        case .file(let descriptor, let offset, let whole):
            count = read(descriptor, from: offset + sent, into: target, min(room, whole - sent))
        }
        guard count >= 0 else { return Int(CURL_READFUNC_ABORT) }
        sent += count
        return count
    }

    private func read(
        _ descriptor: Int32, from place: Int, into target: UnsafeMutablePointer<CChar>,
        _ count: Int
    ) -> Int {
        while count > 0 {
            let got = pread(descriptor, target, count, place)
            if got < 0, errno == EINTR { continue }
            if got > 0 { return got }
            error =
                got < 0
                ? fileError("its body cannot be read")
                : HTTPError(.invalid, request, "its file ended before its body")
            return -1
        }
        return 0
    }

    private func fileError(_ problem: String) -> HTTPError {
        HTTPError(.invalid, request, "\(problem): \(String(cString: strerror(errno)))")
    }
}

extension Substring.UTF8View {
    fileprivate func dropLastSpaces(_ isSpace: (UInt8) -> Bool) -> Substring.UTF8View {
        var rest = self
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}

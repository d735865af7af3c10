import FunctionRuntime
import Glibc

/// How commands ask the running copy at its own addresses, below `/_/`.
extension RunningCopy {
    /// Sends JSON, and gives the JSON that comes back; it waits for as long as that takes.
    ///
    /// - Parameters:
    ///   - method: in capitals.
    ///   - path: below `/_/`, such as `clock/advance`.
    ///   - input: the body; none unless given.
    /// - Returns: the answer's body.
    /// - Throws: ``RunnerError`` in the copy's words where it refuses, and where it is gone.
    func administer(_ method: String, _ path: String, _ input: JSON? = nil) throws -> JSON {
        let body = input?.bytes ?? []
        let head = """
            \(method) /_/\(path) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Authorization: Bearer \(credentials.adminToken)\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            Connection: close\r
            \r

            """
        let answer = try exchange(Array(head.utf8) + body)
        // "HTTP/1.1 200 OK"
        guard let status = answer.dropFirst(9).split(separator: " ").first.flatMap({ Int($0) }),
            let end = answer.firstRange(of: "\r\n\r\n"),
            let json = try? JSON(parsing: String(answer[end.upperBound...]))
        else { throw RunnerError("What runs at \(url) gave no answer; its log may say why.") }
        guard status < 400 else {
            throw RunnerError(json["message"]?.text ?? "It was refused with status \(status).")
        }
        return json
    }

    private func exchange(_ bytes: [UInt8]) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemCallError("Making a socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw SystemCallError("Connecting to \(url)") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemCallError("Asking \(url)") }
            rest = rest.dropFirst(count)
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            answer += buffer[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

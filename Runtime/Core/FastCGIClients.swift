import Glibc

/// Who may send requests, as FCGI_WEB_SERVER_ADDRS has it (FastCGI 1.0 §3.2): IP addresses, with
/// commas.
///
/// Without it everybody may who can reach the socket; at a Unix socket that is for the file system
/// to say.
struct FastCGIClients {
    private let isTCP: Bool
    private let addresses: [Substring]?

    init(of listener: Int32) {
        var address = sockaddr()
        var length = socklen_t(MemoryLayout<sockaddr>.size)
        isTCP =
            getsockname(listener, &address, &length) == 0
            && [AF_INET, AF_INET6].contains(Int32(address.sa_family))
        addresses = Environment["FCGI_WEB_SERVER_ADDRS"].map { text in
            text.split { $0 == "," || $0 == " " }
        }
    }

    /// Prepares a connection; whether it is one of theirs.
    func welcome(_ descriptor: Int32) -> Bool {
        guard isTCP else { return true }
        // The end of an answer must not wait until what is before it has been acknowledged.
        var isOn: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn,
            socklen_t(MemoryLayout<Int32>.size))
        guard let addresses else { return true }
        let address = Self.peer(descriptor)
        guard addresses.contains(where: { $0 == address }) else {
            Log.requestID = ""
            Log.warning(
                "A connection is refused, as FCGI_WEB_SERVER_ADDRS does not have its address.",
                ["address": address])
            return false
        }
        return true
    }

    private static func peer(_ descriptor: Int32) -> String {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
                guard getpeername(descriptor, address, &length) == 0,
                    getnameinfo(
                        address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
                else { return "" }
                return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            }
        }
    }
}

import NIOCore

/// The meta-variables of a CGI request, RFC 3875 §4.1.
enum CGIVariables {
    static func of(_ call: Call, under mount: Mount) -> [String: String] {
        let path = String(call.pathBelowMount)
        var variables = [
            "GATEWAY_INTERFACE": "CGI/1.1",
            "SERVER_PROTOCOL": call.isHTTP10 ? "HTTP/1.0" : "HTTP/1.1",
            "SERVER_SOFTWARE": "Apus",
            "SERVER_NAME": Router.name(ofHost: call.host.isEmpty ? "localhost" : call.host),
            "SERVER_PORT": String(call.localPort),
            "REQUEST_METHOD": call.method,
            "REQUEST_URI": call.target,
            "SCRIPT_NAME": String(call.path.utf8.prefix(call.prefixLength)) ?? "",
            "SCRIPT_FILENAME": mount.executable,
            // Decoded (§4.1.5), so an encoded slash cannot be told from one that parts segments.
            "PATH_INFO": PathSegments(Substring(path).utf8)?.text ?? path,
            // There even if it is empty (§4.1.7).
            "QUERY_STRING": String(call.query),
            "REMOTE_ADDR": call.remoteAddress,
            // Set by the server and by no header: a client must not choose the time.
            "APUS_REQUEST_ID": call.id,
            "APUS_REQUEST_TIME": String(call.time),
            "APUS_DEADLINE": String(call.deadline),
        ]
        for field in RequestFields.of(call) { add(field, to: &variables) }
        return variables
    }

    /// Adds a header field (§4.1.18).
    ///
    /// Lines of one name are joined as HTTP joins them; cookies as RFC 6265 §5.4 does.
    private static func add(_ field: RequestFields.Field, to variables: inout [String: String]) {
        var name = field.name.uppercased()
        if name == "CONTENT-TYPE" || name == "CONTENT-LENGTH" {
            name = name == "CONTENT-TYPE" ? "CONTENT_TYPE" : "CONTENT_LENGTH"
            variables[name] = variables[name] ?? field.value
            return
        }
        name =
            "HTTP_"
            + name.split(separator: "-", omittingEmptySubsequences: false)
            .joined(separator: "_")
        let separator = field.name == "cookie" ? "; " : ", "
        variables[name] = variables[name].map { $0 + separator + field.value } ?? field.value
    }
}

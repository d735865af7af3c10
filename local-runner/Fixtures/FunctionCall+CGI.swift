import FunctionRuntime

extension FunctionCall {
    /// The variables of RFC 3875 §4.1, and the three that the server of Apus adds.
    var metaVariables: [String: String] {
        var variables = [
            "GATEWAY_INTERFACE": "CGI/1.1",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_SOFTWARE": "Tests",
            "SERVER_NAME": request.host,
            "SERVER_PORT": "80",
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": PercentEncoding.decode(request.path.utf8) ?? request.path,
            "QUERY_STRING": request.query.text,
            "REMOTE_ADDR": request.remoteAddress,
        ].merging(serverVariables) { $1 }
        if !request.body.isEmpty { variables["CONTENT_LENGTH"] = String(request.body.count) }
        for name in Set(request.headers.fields.map(\.name)) {
            // §4.1.18: several fields of one name are one, joined as their syntax allows.
            let value = request.headers.all(name).joined(separator: name == "cookie" ? "; " : ", ")
            let variable = name.uppercased().map { $0 == "-" ? "_" : $0 }
            variables[name == "content-type" ? "CONTENT_TYPE" : "HTTP_" + String(variable)] = value
        }
        return variables
    }

    /// What no header may set.
    var serverVariables: [String: String] {
        var variables = [
            "APUS_REQUEST_ID": request.id,
            "APUS_REQUEST_TIME": String(request.time.milliseconds),
        ]
        if let deadline = request.deadline {
            variables["APUS_DEADLINE"] = String(deadline.milliseconds)
        }
        return variables
    }
}

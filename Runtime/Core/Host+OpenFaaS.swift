import Glibc

/// OpenFaaS's of-watchdog in its modes `serializing` and `streaming`, and what works as it does: the
/// request in variables `Http_…` and on standard input to its end, one process a request.
///
/// Standard output is the answer's body and nothing else; status and header fields have no way
/// out. Where the status is 500 or more the process fails, which `serializing` answers with 500 and
/// a text of its own; `streaming` has then said 200 already.
enum OpenFaaS {
    static func run(_ handler: some Invocable, output: Int32) -> Never {
        var variables = MetaVariables()
        MetaVariables.eachOfEnvironment { add($0, $1, to: &variables) }
        var body: [UInt8] = []
        while Descriptor.read(from: STDIN_FILENO, into: &body, limit: 1 << 16) {}
        let request = variables.complete(body: body)
        // A client that leaves ends the input too; where it told the length, that shows.
        let length = request.headers["content-length"].flatMap { Int($0) }
        let response = Gateway.answer(request, of: length, with: handler)
        fflush(nil)
        Descriptor.write(response.body, to: output)
        exit(response.status < 500 ? 0 : 1)
    }

    /// Takes a variable of the watchdog's; those of its own come after, and win over header fields
    /// of their names.
    private static func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        to variables: inout MetaVariables
    ) {
        guard name.starts("Http_") else { return variables.addOwn(name, value) }
        let field = name.dropping(5)
        switch field {
        case "Method": variables.request.method = value.text
        case "Path": variables.setPath(value)
        case "Query": variables.request.query = Query(value.text)
        // Older watchdogs tell the length a second time; the coding was taken off.
        case "ContentLength", "Transfer_Encoding": break
        default: if isField(field) { variables.addHeader(field, value) }
        }
    }

    /// Whether a name stands for a header field without `_` in its own.
    ///
    /// Fields come as `X_Forwarded_For`; one that a client sent as `x_forwarded_for`, to be taken
    /// for what only a proxy may say, as `X_forwarded_for`. Web servers drop such fields too.
    private static func isField(_ name: UnsafeRawBufferPointer) -> Bool {
        var isAfterDash = false
        for byte in name {
            if isAfterDash, (0x61...0x7A).contains(byte) { return false }
            isAfterDash = byte == 0x5F
        }
        return true
    }
}

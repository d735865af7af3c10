import Glibc

/// CGI/1.1, RFC 3875: the request in environment variables and on standard input, the response on
/// standard output, one process a request.
enum CGI {
    static func run(_ handler: some Invocable, output: Int32) {
        var variables = MetaVariables()
        MetaVariables.eachOfEnvironment { variables.add($0, $1) }
        let length = variables.contentLength ?? 0
        let request = variables.complete(body: body(of: length))
        let response = Gateway.answer(request, of: length, with: handler)
        fflush(nil)
        Descriptor.write(bytes(of: response), to: output)
    }

    /// No more than CONTENT_LENGTH is read, as a server need not close the input (§4.2).
    private static func body(of length: Int) -> [UInt8] {
        var body: [UInt8] = []
        while body.count < length {
            let left = length - body.count
            guard Descriptor.read(from: STDIN_FILENO, into: &body, limit: min(left, 1 << 16))
            else { break }
        }
        return body
    }

    /// A document response (§6): header fields, an empty line, the body.
    static func bytes(of response: Response) -> [UInt8] {
        var bytes: [UInt8] = []
        Gateway.appendHead(of: response, to: &bytes)
        return bytes + response.body
    }
}

internal import CCurl
internal import FunctionRuntime
internal import Glibc

/// One handle of libcurl, which does one request at a time and keeps its connections.
///
/// libcurl sends a request anew by itself where a connection that it had kept turns out to be
/// closed. It cannot know whether the service did what it was asked before it closed. So a body that
/// must not go out twice is given without a way to read it again, and libcurl gives up instead.
final class Transfer {
    /// How an attempt ended.
    enum Outcome {
        case answered(HTTP.Response)
        /// Nothing was sent.
        case unsent(HTTPError)
        /// Something may have been sent; `isUsed` where a part of the answer was passed on.
        case broken(HTTPError, isUsed: Bool)
        /// Trying again would not help.
        case failed(any Error)

        func get() throws -> HTTP.Response {
            switch self {
            case .answered(let response): return response
            case .unsent(let error), .broken(let error, _): throw error
            case .failed(let error): throw error
            }
        }
    }

    private let curl = curl_easy_init()
    private var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))

    deinit {
        curl_easy_cleanup(curl)
    }

    func perform(
        _ request: HTTP.Request, to sink: HTTP.Sink, _ options: HTTP.Options, within left: Duration?
    ) -> Outcome {
        guard let curl else {
            return .failed(HTTPError(.invalid, request, "there is no memory for it"))
        }
        let exchange = Exchange(request, sink, limit: options.bodyLimit)
        let settings = Settings(curl: curl)
        curl_easy_reset(curl)
        settings.apply(options, within: left)
        settings.apply(request)
        let list = settings.headers(of: request)
        defer { curl_slist_free_all(list) }
        settings.connect(exchange)
        let code = withExtendedLifetime(exchange) {
            words.withUnsafeMutableBufferPointer { buffer in
                buffer[0] = 0
                settings.pointer(CURLOPT_ERRORBUFFER, buffer.baseAddress)
                defer { settings.pointer(CURLOPT_ERRORBUFFER, nil) }
                return curl_easy_perform(curl)
            }
        }
        return outcome(code, exchange, settings)
    }

    private func outcome(_ code: CURLcode, _ exchange: Exchange, _ settings: Settings) -> Outcome {
        if let error = exchange.error { return .failed(error) }
        if code == CURLE_OK { return .answered(exchange.response) }
        let request = exchange.request
        func error(_ reason: HTTPError.Reason) -> HTTPError {
            HTTPError(reason, request, text(of: code))
        }
        let isUsed = exchange.isUsed
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_TOO_MANY_REDIRECTS:
            return .failed(error(.invalid))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            return .failed(error(.untrusted))
        default:
            let error = error(Self.reason(for: code))
            // Before a redirect something was sent.
            return settings.sentBytes == 0 ? .unsent(error) : .broken(error, isUsed: isUsed)
        }
    }

    private static func reason(for code: CURLcode) -> HTTPError.Reason {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .unreachable
        case CURLE_SSL_CONNECT_ERROR: .untrusted
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        default: .interrupted
        }
    }

    /// libcurl's words for this failure, or else for its kind.
    private func text(of code: CURLcode) -> String {
        let text = String(
            decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    }
}

/// Sets the options of a handle.
///
/// libcurl refuses an option only where it was built without it; what a request's safety hangs on
/// is in every build of the version that `CCurl` asks for.
struct Settings {
    let curl: UnsafeMutableRawPointer

    func number(_ option: CURLoption, _ value: Int) { apus_curl_set_number(curl, option, value) }

    func text(_ option: CURLoption, _ value: String) { apus_curl_set_text(curl, option, value) }

    func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        apus_curl_set_pointer(curl, option, value)
    }

    /// The size of what was sent of heads, with redirects; 0 where no connection was made.
    var sentBytes: Int {
        var size = 0
        apus_curl_number(curl, CURLINFO_REQUEST_SIZE, &size)
        return size
    }

    func apply(_ options: HTTP.Options, within left: Duration?) {
        number(CURLOPT_NOSIGNAL, 1)
        number(CURLOPT_SSL_VERIFYPEER, 1)
        number(CURLOPT_SSL_VERIFYHOST, 2)
        // Where the certificates of those whom TLS trusts are elsewhere than libcurl was built to
        // look for them.
        if let file = Environment["SSL_CERT_FILE"] { text(CURLOPT_CAINFO, file) }
        number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // An empty name means none, whatever the environment says.
        text(CURLOPT_PROXY, "")
        text(CURLOPT_USERAGENT, "Apus")
        number(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.wholeMilliseconds)
        if let left { number(CURLOPT_TIMEOUT_MS, left.wholeMilliseconds) }
        number(CURLOPT_LOW_SPEED_LIMIT, 1)
        number(CURLOPT_LOW_SPEED_TIME, max(1, options.stallTimeout.wholeMilliseconds / 1000))
    }

    func apply(_ request: HTTP.Request) {
        text(CURLOPT_URL, request.url)
        number(CURLOPT_PATH_AS_IS, 1)
        text(CURLOPT_PROTOCOLS_STR, "http,https")
        number(CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1 : 0)
        number(CURLOPT_MAXREDIRS, request.redirects)
        // What began in secret does not go on in public.
        let isSecure = request.url.lowercased().hasPrefix("https:")
        text(CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https")
        method(request.method, hasBody: request.body.count != nil)
    }

    /// libcurl knows what to do at a redirect where it knows the method.
    private func method(_ method: String, hasBody: Bool) {
        switch (method, hasBody) {
        case ("GET", false): number(CURLOPT_HTTPGET, 1)
        case ("HEAD", _): number(CURLOPT_NOBODY, 1)
        case ("POST", _): number(CURLOPT_POST, 1)
        case ("PUT", _): number(CURLOPT_UPLOAD, 1)
        default:
            if hasBody { number(CURLOPT_UPLOAD, 1) }
            text(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    /// Sets the header lines, and gives the list, which must stay until the request is done.
    func headers(of request: HTTP.Request) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        func add(_ line: String) { list = curl_slist_append(list, line) ?? list }
        for field in request.headers.fields {
            // The form for a field without a value; with a colon it would take the field out.
            add(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        if request.headers["content-type"] == nil { add("content-type:") }
        pointer(CURLOPT_HTTPHEADER, list)
        return list
    }

    func connect(_ exchange: Exchange) {
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        pointer(CURLOPT_HEADERDATA, context)
        apus_curl_set_transfer(curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Exchange.of(context)?.takeHeader(bytes, size * count) ?? 0
        }
        pointer(CURLOPT_WRITEDATA, context)
        apus_curl_set_transfer(curl, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Exchange.of(context)?.takeBody(bytes, size * count) ?? 0
        }
        pointer(CURLOPT_READDATA, context)
        apus_curl_set_transfer(curl, CURLOPT_READFUNCTION) { bytes, size, count, context in
            Exchange.of(context)?.giveBody(bytes, size * count) ?? Int(CURL_READFUNC_ABORT)
        }
        let length = exchange.request.body.count ?? 0
        apus_curl_set_offset(curl, CURLOPT_INFILESIZE_LARGE, length)
        apus_curl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, length)
        guard exchange.request.isRepeatable || exchange.request.redirects > 0 else { return }
        pointer(CURLOPT_SEEKDATA, context)
        apus_curl_set_seek(curl) { context, offset, origin in
            guard origin == SEEK_SET, let exchange = Exchange.of(context) else {
                return CURL_SEEKFUNC_CANTSEEK
            }
            exchange.sent = offset
            return CURL_SEEKFUNC_OK
        }
    }
}

extension Duration {
    /// What is finer counts as one more, since libcurl takes 0 for no limit.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000
            + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

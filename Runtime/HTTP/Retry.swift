internal import FunctionRuntime
internal import Glibc

/// Whether, and after how long, a request is sent again; the table is at ``HTTP``.
struct Retry {
    let options: HTTP.Options
    /// How often it was sent already.
    let attempt: Int

    /// The pause before the next attempt; nil where there is to be none.
    func pause(after outcome: Transfer.Outcome, of request: HTTP.Request) -> Duration? {
        guard attempt < options.attempts else { return nil }
        switch outcome {
        case .unsent: return backOff
        case .broken(_, let isUsed):
            return request.isRepeatable && !isUsed ? backOff : nil
        case .failed: return nil
        case .answered(let response):
            let asked = Self.retryAfter(of: response)
            if let asked, asked > options.longestPause { return nil }
            guard
                response.status == 429 || response.status == 503 && asked != nil
                    || [500, 502, 503, 504].contains(response.status) && request.isRepeatable
            else { return nil }
            return asked.map { max($0, backOff) } ?? backOff
        }
    }

    /// It doubles, and is drawn between half and the whole, so that those who failed together do not
    /// come back together.
    private var backOff: Duration {
        options.pause * (1 << (attempt - 1)) * Double.random(in: 0.5...1)
    }

    /// The pause that the service asks for, in seconds or until a moment (RFC 9110 §10.2.3).
    private static func retryAfter(of response: HTTP.Response) -> Duration? {
        guard let text = response.headers["retry-after"] else { return nil }
        if let seconds = UInt32(text) { return .seconds(seconds) }
        return HTTPDate.read(text).map { moment in
            .milliseconds(max(0, moment.milliseconds - Current.now().milliseconds))
        }
    }

    static func reason(of outcome: Transfer.Outcome) -> String {
        switch outcome {
        case .unsent(let error), .broken(let error, _): error.detail
        case .failed(let error): String(describing: error)
        case .answered(let response): "status \(response.status)"
        }
    }

    static func sleep(_ pause: Duration) {
        let (seconds, attoseconds) = pause.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
    }
}

/// The time since this machine started, which no one sets.
enum Monotonic {
    static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

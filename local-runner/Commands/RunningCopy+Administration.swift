import FunctionHTTP
import FunctionRuntime

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
        var options = HTTP.Options()
        // Advancing the clock by a year takes as long as what is due in it.
        (options.timeout, options.stallTimeout) = (nil, .seconds(86_400))
        let request = HTTP.Request(
            method, "\(url)/_/\(path)",
            headers: [
                "authorization": "Bearer \(credentials.adminToken)",
                "content-type": "application/json",
            ], body: input.map { .bytes($0.bytes) } ?? .none)
        let answer = try HTTP(options).send(request)
        guard let json = try? JSON(parsing: answer.body) else {
            throw RunnerError("What runs at \(url) gave no answer; its log may say why.")
        }
        guard answer.isSuccess else {
            throw RunnerError(
                json["message"]?.text ?? "It was refused with status \(answer.status).")
        }
        return json
    }
}

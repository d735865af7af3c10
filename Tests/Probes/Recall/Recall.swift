import FunctionRealtime
import FunctionRuntime
import Glibc

/// Tells what a journal holds after an entry, and goes on with what is published of it.
///
/// The journal is the file that `JOURNAL_FILE` names; it has an entry a byte, and the entries are
/// numbered from 1. `?after=3` is where the caller stands, and `&wait=1` makes it a long poll.
@main
struct Recall: Function {
    static let route = Route.get("/recall")

    var proxy = GripProxy()
    var file = Variable("JOURNAL_FILE")

    struct Filter: Decodable {
        var after: Int?
        var wait: Int?
    }

    func handle(_ request: Request) throws -> Response {
        try proxy.require(for: request)
        let filter = try request.query(as: Filter.self)
        let told = request.headers["grip-last"]?.split(separator: "=").last.flatMap { Int($0) }
        let after = told ?? filter.after ?? 0

        var status = stat()
        guard let path = file.value, stat(path, &status) == 0 else {
            throw Failure.notFound("There is no journal.")
        }
        let last = max(after, Int(status.st_size))
        let answer = Response.text(((after + 1)..<(last + 1)).map { "\($0)\n" }.joined())
        let channel = Hold.Channel("journal", previousID: String(last))
        guard filter.wait != nil else {
            return answer.held(.stream([channel], next: "/probes/recall"))
        }
        return last > after ? answer : answer.held(.response([channel]))
    }
}

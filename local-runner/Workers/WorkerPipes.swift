import Glibc

/// What carries requests to a worker's standard input, and what it writes back.
///
/// Two pipes, not one socket pair: taking an answer from a socket wakes whoever sleeps on the other
/// end because there is room again, and that is the worker, for nothing. It cost 3 µs a request.
///
/// The runner keeps the worker's end of the first pipe open. So writing to a worker that has died is
/// no error, its answer is read to the end whatever it left unread, and what it left can be counted.
final class WorkerPipes {
    let requests: Pipe
    let responses: Pipe
    let errors: Pipe

    /// - Throws: ``SystemCallError`` where too many files are open.
    init() throws {
        var pipes: [Pipe] = []
        do {
            for _ in 0..<3 { pipes.append(try Pipe()) }
        } catch {
            for pipe in pipes { pipe.close() }
            throw error
        }
        (requests, responses, errors) = (pipes[0], pipes[1], pipes[2])
    }

    deinit {
        close(requests.output)
    }

    /// How many bytes of a request the worker has not read.
    var unread: Int {
        var count: Int32 = 0
        return ioctl(requests.output, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Closes the runner's copies of where the worker writes, so that its output ends when it does.
    func hasStarted() {
        close(responses.input)
        close(errors.input)
    }

    /// Closes the rest, where the worker could not be started and nobody has taken it.
    func abandon() {
        close(requests.input)
        close(responses.output)
        close(errors.output)
    }
}

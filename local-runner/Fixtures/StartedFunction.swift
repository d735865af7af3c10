import CLinux
import Dispatch
import Glibc

/// A function that runs on after its answer, as it does under FastCGI and AWS Lambda, until it is
/// ended.
final class StartedFunction: Sendable {
    private let processes: Guard
    private let process: pid_t
    private let ending: Ending
    private let errors: Int32

    /// `MFD_CLOEXEC`, memfd_create(2).
    private static let closeOnExec: UInt32 = 1

    /// - Parameters:
    ///   - call: whose function it is.
    ///   - variables: what the host sets, beside the environment of the call.
    ///   - input: its standard input, which stays the caller's to close; nil for none.
    ///   - processes: under whom it runs.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    init(
        _ call: FunctionCall, adding variables: [String: String] = [:], input: Int32? = nil,
        under processes: Guard
    ) throws {
        // In memory, as nobody reads it meanwhile.
        errors = memfd_create("log", Self.closeOnExec)
        guard errors >= 0 else { throw SystemCallError("Making a file for a log") }
        let ending = Ending()
        self.ending = ending
        self.processes = processes
        let child = ChildProcess(
            executable: call.executable, environment: call.environment.merging(variables) { $1 },
            standardInput: input.map(ChildProcess.Stream.descriptor) ?? .null,
            standardOutput: .descriptor(errors), standardError: .descriptor(errors))
        do {
            process = try processes.spawn(child) { ending.end($0) }
        } catch {
            close(errors)
            throw error
        }
    }

    deinit {
        end()
        close(errors)
    }

    var isEnded: Bool { ending.isThere }

    /// Ends it, and waits until it has ended.
    func end() {
        processes.kill(process)
        _ = ending.wait()
    }

    /// What it has logged until now.
    var log: String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while case let count = pread(errors, &buffer, buffer.count, off_t(bytes.count)), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes.asText
    }

    /// Waits until a descriptor can be read from.
    ///
    /// - Throws: ``RunnerError`` where the function ends before, or takes too long.
    func awaitInput(at descriptor: Int32, until deadline: DispatchTime) throws {
        while true {
            let hasEnded = isEnded
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, hasEnded ? 0 : 20) > 0 { return }
            if hasEnded {
                throw RunnerError(
                    "The function \(ending.wait()) before it had answered. It wrote: \(log)")
            }
            if DispatchTime.now() > deadline {
                throw RunnerError("The function did not answer in time. It wrote: \(log)")
            }
        }
    }
}

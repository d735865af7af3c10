import Foundation
import Glibc
import Synchronization

extension Guard {
    /// Runs a program to its end, on the calling thread, and gives what it wrote on its standard
    /// output.
    ///
    /// - Parameters:
    ///   - child: the program; its standard output is replaced.
    ///   - input: what it reads; nil leaves its standard input as it is.
    ///   - seconds: how long it may take; then it is killed.
    /// - Returns: how it ended, and what it wrote.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    func output(
        of child: ChildProcess, input: [UInt8]? = nil, seconds: Double
    ) throws -> (status: ExitStatus, output: [UInt8]) {
        var child = child
        let output = try Pipe()
        defer { close(output.output) }
        child.standardOutput = .descriptor(output.input)
        let inputPipe = try input.map { _ in try Pipe() }
        if let inputPipe { child.standardInput = .descriptor(inputPipe.output) }

        let status = Mutex<ExitStatus?>(nil)
        let isEnded = DispatchSemaphore(value: 0)
        let pid: pid_t
        do {
            defer {
                close(output.input)
                if let inputPipe { close(inputPipe.output) }
            }
            pid = try spawn(child) { ended in
                status.withLock { $0 = ended }
                isEnded.signal()
            }
        } catch {
            if let inputPipe { close(inputPipe.input) }
            throw error
        }
        if let input, let inputPipe { Self.write(input, to: inputPipe.input) }
        let timer = DispatchSource.makeTimerSource()
        timer.setEventHandler { [self] in kill(pid) }
        timer.schedule(deadline: .now() + seconds)
        timer.resume()
        let bytes = Self.readAll(from: output.output)
        isEnded.wait()
        timer.cancel()
        return (status.withLock { $0 } ?? .exited(0), bytes)
    }

    /// Writes on another thread, as the program may write before it has read all.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        let thread = Thread {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress, $0.count)
                }
                guard count > 0 || errno == EINTR else { break }
                rest = rest.dropFirst(max(count, 0))
            }
            close(descriptor)
        }
        thread.start()
    }

    private static func readAll(from descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}

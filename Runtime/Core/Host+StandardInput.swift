import Glibc

/// JSON on standard input: one request a value in, one response a line out, until end of input.
///
/// A host that keeps the pipe open has a warm worker. Values may span lines and may follow each
/// other on one. What is not a request is answered with a 400 that says why, and the next value is
/// read as if nothing had happened.
enum StandardInput {
    static func run(_ handler: some Invocable, output: Int32) {
        var input: [UInt8] = []
        var frame = JSONFrame()
        var isOpen = true
        while isOpen {
            isOpen = Descriptor.read(from: STDIN_FILENO, into: &input, limit: 1 << 16)
            while let range = frame.next(in: input, isLast: !isOpen) {
                let line = input.withUnsafeBufferPointer { bytes in
                    answer(UnsafeBufferPointer(rebasing: bytes[range]), with: handler)
                }
                fflush(nil)
                Descriptor.write(line, to: output)
            }
            frame.discardConsumed(from: &input)
        }
    }

    private static func answer(
        _ bytes: UnsafeBufferPointer<UInt8>, with handler: some Invocable
    ) -> [UInt8] {
        do {
            return ResponseEnvelope.line(of: handler.run(try RequestEnvelope.read(bytes)))
        } catch {
            let failure = Failure.badRequest("Standard input did not hold a request. \(error)")
            return ResponseEnvelope.line(
                of: Outcome(response: type(of: handler).render(failure), error: error))
        }
    }
}

/// Finds where each JSON value ends in a stream, in one pass and without parsing it.
///
/// It counts brackets outside strings, and keeps its place, so that a large body that comes in a
/// thousand pieces is still looked at once.
struct JSONFrame {
    private var start = 0
    private var position = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// The next whole value; nil until it is all there.
    ///
    /// What does not start an object or an array ends with its line.
    mutating func next(in bytes: [UInt8], isLast: Bool) -> Range<Int>? {
        bytes.withUnsafeBufferPointer { bytes in
            if depth == 0, start == position { skipSpace(bytes) }
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if isInString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInString = depth > 0
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    if depth > 0 || position == start + 1 { depth += 1 }
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 1 { return finish() }
                    if depth > 1 { depth -= 1 }
                case 0x0A where depth == 0: return finish()
                default: break
                }
            }
            return isLast && position > start ? finish() : nil
        }
    }

    /// Removes what ``next(in:isLast:)`` has given out.
    mutating func discardConsumed(from bytes: inout [UInt8]) {
        bytes.removeFirst(start)
        position -= start
        start = 0
    }

    private mutating func skipSpace(_ bytes: UnsafeBufferPointer<UInt8>) {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) {
            position += 1
        }
        start = position
    }

    private mutating func finish() -> Range<Int> {
        let range = start..<position
        (start, depth, isInString, isEscaped) = (position, 0, false, false)
        return range
    }
}

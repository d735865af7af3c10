/// Reads the records of one FastCGI connection, in pieces of any size, up to a whole request.
///
/// Nothing is gathered before it is used: variables are taken from where they were received, and
/// only what is cut in two waits for its other half. One request at a time is read, as web servers
/// do it; what is begun beside it is refused.
struct FastCGIReader {
    /// So many bytes of variables are taken; web servers bound header fields to far fewer.
    static let parameterLimit = 1 << 20

    /// A whole request.
    struct Incoming {
        var id: UInt16
        /// Whether the web server wants the connection to stay.
        var keepsConnection: Bool
        var request: Request
        /// What CONTENT_LENGTH says that the body is to be.
        var length: Int?
        /// Why it is not for the function to see.
        var failure: Failure?
    }

    /// The bytes are not those of the protocol; nothing that follows can be made sense of.
    struct Violation: Error {
        var description: String
    }

    /// The web server wants the connection closed, now that its request is over without an answer.
    private(set) var isOver = false
    private var record = Record()
    private var current: Begun?

    /// Whether it stands between two requests, with nothing of either.
    var isIdle: Bool { current == nil && record.isFresh }

    /// Reads on, up to the end of the bytes or of a request, whichever comes first.
    ///
    /// - Parameters:
    ///   - bytes: those read are taken off its front.
    ///   - replies: gets what the protocol itself answers.
    /// - Returns: the request, when it is whole.
    /// - Throws: ``Violation``.
    mutating func next(
        in bytes: inout UnsafeRawBufferPointer, replies: inout [UInt8]
    ) throws(Violation) -> Incoming? {
        while !isOver {
            if record.isFinished {
                guard record.skipPadding(&bytes), try record.readHeader(&bytes) else { return nil }
                try begin()
            }
            let content = record.takeContent(&bytes)
            if !content.isEmpty { use(content) }
            guard record.left == 0 else { return nil }
            record.isFinished = true
            if let incoming = try finish(replies: &replies) { return incoming }
        }
        return nil
    }

    /// A record of another request than the one under way was refused when it began.
    private var isOfCurrent: Bool { record.request != 0 && record.request == current?.id }

    /// Looks at a record whose head has come.
    private mutating func begin() throws(Violation) {
        guard record.length > 0, isOfCurrent else { return }
        if record.kind == FastCGIRecord.Kind.input, current?.isInBody == false {
            throw Violation(description: "a body before the end of its parameters")
        }
        if record.kind == FastCGIRecord.Kind.parameters, current?.isInBody == true {
            throw Violation(description: "parameters after their end")
        }
    }

    /// Takes a piece of the content of a record.
    private mutating func use(_ content: UnsafeRawBufferPointer) {
        switch record.kind {
        case FastCGIRecord.Kind.parameters where isOfCurrent: current?.addParameters(content)
        case FastCGIRecord.Kind.input where isOfCurrent: current?.addBody(content)
        case FastCGIRecord.Kind.beginRequest, FastCGIRecord.Kind.getValues:
            record.content += content
        default: break
        }
    }

    /// Acts on a record that has come whole.
    private mutating func finish(replies: inout [UInt8]) throws(Violation) -> Incoming? {
        guard record.request != 0 else {
            replyToManagement(&replies)
            return nil
        }
        switch record.kind {
        case FastCGIRecord.Kind.beginRequest: try beginRequest(&replies)
        case FastCGIRecord.Kind.abortRequest where isOfCurrent:
            FastCGIRecord.appendEnd(.complete, of: record.request, to: &replies)
            isOver = current?.keepsConnection == false
            current = nil
        case FastCGIRecord.Kind.parameters where isOfCurrent && record.length == 0:
            current?.endParameters()
        case FastCGIRecord.Kind.input where isOfCurrent && record.length == 0:
            guard current?.isInBody == true else {
                throw Violation(description: "the end of a body before that of its parameters")
            }
            defer { current = nil }
            return current?.incoming
        default: break
        }
        return nil
    }

    private mutating func beginRequest(_ replies: inout [UInt8]) throws(Violation) {
        guard record.content.count == 8 else {
            throw Violation(description: "a request that begins with a malformed record")
        }
        let keepsConnection = record.content[2] & 1 != 0
        if let current {
            guard current.id != record.request else {
                throw Violation(description: "a request that begins twice")
            }
            FastCGIRecord.appendEnd(.cannotMultiplex, of: record.request, to: &replies)
        } else if record.content[0] == 0, record.content[1] == 1 {
            current = Begun(id: record.request, keepsConnection: keepsConnection)
        } else {
            FastCGIRecord.appendEnd(.unknownRole, of: record.request, to: &replies)
            isOver = !keepsConnection
        }
    }

    /// Answers what is about the process and not about a request (§4).
    private func replyToManagement(_ replies: inout [UInt8]) {
        guard record.kind == FastCGIRecord.Kind.getValues else {
            let content: [UInt8] = [record.kind, 0, 0, 0, 0, 0, 0, 0]
            FastCGIRecord.append(
                FastCGIRecord.Kind.unknownType, of: 0, content, to: &replies)
            return
        }
        var values: [UInt8] = []
        let limit = String(FastCGI.connectionLimit)
        var known = [
            ("FCGI_MAX_CONNS", limit), ("FCGI_MAX_REQS", limit), ("FCGI_MPXS_CONNS", "0"),
        ]
        record.content.withUnsafeBytes { bytes in
            _ = FastCGIPairs.read(bytes) { name, _ in
                guard let index = known.firstIndex(where: { $0.0 == name.text }) else { return }
                let pair = known.remove(at: index)
                FastCGIPairs.append(pair.0, pair.1, to: &values)
            }
        }
        FastCGIRecord.append(FastCGIRecord.Kind.getValuesResult, of: 0, values, to: &replies)
    }
}

extension FastCGIReader {
    /// The record under way.
    private struct Record {
        private var head: UInt64 = 0
        private var headCount = 0
        private var padding = 0
        var left = 0
        var isFinished = true
        /// Of a record that means something as a whole.
        var content: [UInt8] = []

        var kind: UInt8 { UInt8(truncatingIfNeeded: head >> 48) }
        var request: UInt16 { UInt16(truncatingIfNeeded: head >> 32) }
        var length: Int { Int(head >> 16 & 0xFFFF) }
        var isFresh: Bool { isFinished && headCount == 0 && padding == 0 }

        /// Whether all of it has come.
        mutating func skipPadding(_ bytes: inout UnsafeRawBufferPointer) -> Bool {
            guard padding > 0 else { return true }
            let count = min(padding, bytes.count)
            bytes = bytes.dropping(count)
            padding -= count
            return padding == 0
        }

        /// Whether all of it has come.
        mutating func readHeader(
            _ bytes: inout UnsafeRawBufferPointer
        ) throws(Violation) -> Bool {
            while headCount < FastCGIRecord.headerLength {
                guard let byte = bytes.first else { return false }
                bytes = bytes.dropping(1)
                head = head << 8 | UInt64(byte)
                headCount += 1
                guard headCount > 1 || byte == FastCGIRecord.version else {
                    throw Violation(description: "version \(byte) of the protocol")
                }
            }
            (headCount, isFinished) = (0, false)
            left = length
            padding = Int(head >> 8 & 0xFF)
            content.removeAll(keepingCapacity: true)
            return true
        }

        mutating func takeContent(_ bytes: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            let content = UnsafeRawBufferPointer(rebasing: bytes.prefix(left))
            bytes = bytes.dropping(content.count)
            left -= content.count
            return content
        }
    }

    /// The request under way.
    private struct Begun {
        let id: UInt16
        let keepsConnection: Bool
        private var variables = MetaVariables()
        /// The beginning of a variable whose end has not come.
        private var cut: [UInt8] = []
        private var parameterCount = 0
        private var body: [UInt8] = []
        private var bodyCount = 0
        private(set) var isInBody = false
        private var failure: Failure?

        init(id: UInt16, keepsConnection: Bool) {
            self.id = id
            self.keepsConnection = keepsConnection
        }

        mutating func addParameters(_ content: UnsafeRawBufferPointer) {
            parameterCount += content.count
            guard parameterCount <= FastCGIReader.parameterLimit else {
                failure = Failure(
                    431, "header-fields-too-large", "The header fields are too large.")
                return
            }
            if cut.isEmpty {
                let count = FastCGIPairs.read(content) { variables.add($0, $1) }
                if count < content.count { cut += content.dropping(count) }
            } else {
                var bytes = cut
                cut = []
                bytes += content
                let count = bytes.withUnsafeBytes { bytes in
                    FastCGIPairs.read(bytes) { variables.add($0, $1) }
                }
                bytes.removeFirst(count)
                cut = bytes
            }
        }

        mutating func endParameters() {
            isInBody = true
            if !cut.isEmpty, failure == nil {
                failure = .badRequest("The variables of the request end within one.")
            }
            body.reserveCapacity(min(variables.contentLength ?? 0, 1 << 24))
        }

        /// Takes no more than CONTENT_LENGTH, but counts.
        mutating func addBody(_ content: UnsafeRawBufferPointer) {
            bodyCount += content.count
            guard failure == nil else { return }
            let length = variables.contentLength ?? Int.max
            body += UnsafeRawBufferPointer(rebasing: content.prefix(length - body.count))
            if bodyCount > length {
                failure = .badRequest("The body has more than its \(length) bytes.")
            }
        }

        var incoming: Incoming {
            Incoming(
                id: id, keepsConnection: keepsConnection, request: variables.complete(body: body),
                length: variables.contentLength, failure: failure)
        }
    }
}

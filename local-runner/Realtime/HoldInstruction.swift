import FunctionRuntime
import NIOCore

/// How a function wants the connection of its client to be held: the fields `Grip-…` of its answer.
///
///     Grip-Hold: stream
///     Grip-Channel: prices; prev-id=7, news
///     Grip-Keep-Alive: :\n\n; format=cstring; timeout=30
///     Grip-Link: <?after=7>; rel=next; timeout=120
///
/// The same can stand in the body, as `application/grip-instruct`
/// (``add(json:to:)``). What Pushpin knows and the runner does not is refused by
/// its name.
struct HoldInstruction: Sendable {
    enum Mode: String, Sendable {
        /// The answer goes on with what is published.
        case stream
        /// The answer waits, until something that is published takes its place.
        case response
    }

    struct Channel: Sendable, Equatable {
        var name: String
        /// The id of the last item that the answer takes account of.
        var previousID: String?
    }

    /// What is sent where nothing else is.
    struct KeepAlive: Sendable {
        var content: StreamPiece
        var interval: TimeAmount
        /// Whether other content puts it off.
        var isIdle = true
    }

    /// Where the function is asked what has been missed.
    struct Link: Sendable, Equatable {
        var reference: String
        /// It is asked after so long without news.
        var timeout: TimeAmount
    }

    /// Nil where the answer is whole, unless there is a ``next`` link, which has the rest.
    var mode: Mode?
    var channels: [Channel] = []
    /// After which a waiting answer is sent.
    var timeout = TimeAmount.seconds(55)
    var keepAlive: KeepAlive?
    var next: Link?
    /// Where the function is told that the client has gone.
    var gone: String?

    /// Whether the connection is held at all.
    var isHold: Bool { mode != nil || next != nil }

    init() {}

    /// More channels a connection does not get; so many are Pushpin's default, too.
    static let channelLimit = 20
    static let linkTimeout = TimeAmount.seconds(120)

    static let mediaType = "application/grip-instruct"

    /// Whether a content type is that of an instruction in a body.
    static func isMediaType(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count >= mediaType.utf8.count else { return false }
        let text = String(decoding: value, as: UTF8.self).lowercased()
        return text.hasPrefix(mediaType) && ["", ";", " "].contains(text.dropFirst(25).prefix(1))
    }

    /// Takes the instruction out of an answer, which is then what a client may see.
    ///
    /// - Throws: ``GripProblem``.
    init(takenFrom answer: inout Answer) throws(GripProblem) {
        let fields = answer.instructions
        answer.instructions = []
        for field in fields { try add(field.name, field.value, to: &answer) }
        if answer.hasInstruction {
            answer.hasInstruction = false
            try add(json: answer.bytes, to: &answer)
        }
        try check(answer)
    }

    private mutating func add(
        _ name: String, _ value: String, to answer: inout Answer
    ) throws(GripProblem) {
        switch name {
        case "grip-hold":
            guard let mode = Mode(rawValue: value) else {
                throw GripProblem("Grip-Hold must be stream or response, not \"\(value)\".")
            }
            self.mode = mode
        case "grip-channel":
            for member in FieldParameters.members(of: value) { try addChannel(member) }
        case "grip-timeout": timeout = .seconds(try Self.seconds(value, "Grip-Timeout"))
        case "grip-keep-alive": keepAlive = try Self.keepAlive(value)
        case "grip-link":
            for member in FieldParameters.members(of: value) { try addLink(member) }
        case "grip-status":
            let code = value.prefix { $0 != " " }
            guard let status = Int(code), (200...599).contains(status) else {
                throw GripProblem("Grip-Status must be from 200 to 599, not \"\(value)\".")
            }
            answer.status = status
        default: throw GripProblem("\(name) is not supported by the local runner.")
        }
    }

    private mutating func addChannel(_ text: String) throws(GripProblem) {
        guard let parameters = FieldParameters(text), !parameters.value.isEmpty else {
            throw GripProblem("Grip-Channel cannot be read: \"\(text)\".")
        }
        for (name, value) in parameters.parameters where name != "prev-id" {
            throw GripProblem(
                "Grip-Channel \(parameters.value) has \(name)=\(value), which the local runner "
                    + "does not support.")
        }
        add(Channel(name: parameters.value, previousID: parameters["prev-id"]))
    }

    /// Of a channel that comes twice, the last counts.
    mutating func add(_ channel: Channel) {
        channels.removeAll { $0.name == channel.name }
        channels.append(channel)
    }

    private mutating func addLink(_ text: String) throws(GripProblem) {
        guard let parameters = FieldParameters(text), parameters.value.hasPrefix("<"),
            parameters.value.hasSuffix(">"), parameters.value.count > 2
        else { throw GripProblem("Grip-Link cannot be read: \"\(text)\".") }
        let reference = String(parameters.value.dropFirst().dropLast())
        switch parameters["rel"] {
        case "next":
            let seconds = try parameters["timeout"].map { value throws(GripProblem) in
                max(1, try Self.seconds(value, "The timeout of Grip-Link"))
            }
            next = Link(
                reference: reference, timeout: seconds.map { .seconds($0) } ?? Self.linkTimeout)
        case "gone": gone = reference
        case let other:
            throw GripProblem(
                "Grip-Link must have rel=next or rel=gone, not \"\(other ?? "none")\".")
        }
    }

    static func seconds(_ text: String, _ name: String) throws(GripProblem) -> Int64 {
        guard let seconds = Int64(text), (0...1_000_000).contains(seconds) else {
            throw GripProblem("\(name) must be a number of seconds, not \"\(text)\".")
        }
        return seconds
    }

    private func check(_ answer: Answer) throws(GripProblem) {
        guard channels.count <= Self.channelLimit else {
            throw GripProblem(
                "It asks for \(channels.count) channels; a connection gets "
                    + "\(Self.channelLimit) at most.")
        }
        guard isHold, mode != .response else { return }
        if let channel = channels.first(where: { $0.previousID != nil }), next == nil {
            throw GripProblem(
                "Grip-Channel \(channel.name) has a prev-id, and there is no Grip-Link with "
                    + "rel=next that could be asked for what was missed.")
        }
        guard answer.status != 204, answer.status != 304 else {
            throw GripProblem("A stream needs a body, and a \(answer.status) has none.")
        }
    }
}

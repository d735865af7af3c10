import FunctionRuntime
import NIOCore

extension HoldInstruction {
    /// Reads `Grip-Keep-Alive`: content that holds no semicolon, and how it is meant.
    static func keepAlive(_ text: String) throws(GripProblem) -> KeepAlive {
        guard let parameters = FieldParameters(text), !parameters.value.isEmpty else {
            throw GripProblem("Grip-Keep-Alive cannot be read: \"\(text)\".")
        }
        let content: [UInt8]
        switch parameters["format"] {
        case nil, "raw": content = Array(parameters.value.utf8)
        case "cstring":
            guard let bytes = unescape(parameters.value) else {
                throw GripProblem("The cstring of Grip-Keep-Alive cannot be read: \"\(text)\".")
            }
            content = bytes
        case "base64":
            guard let bytes = Base64.decode(parameters.value) else {
                throw GripProblem("The base64 of Grip-Keep-Alive cannot be read: \"\(text)\".")
            }
            content = bytes
        case let other?:
            throw GripProblem(
                "The format of Grip-Keep-Alive must be raw, cstring or base64, not \"\(other)\".")
        }
        let seconds = try parameters["timeout"].map { value throws(GripProblem) in
            max(1, try Self.seconds(value, "The timeout of Grip-Keep-Alive"))
        }
        return KeepAlive(
            content: StreamPiece(content), interval: .seconds(seconds ?? 55),
            isIdle: try isIdle(parameters["mode"]))
    }

    private static func isIdle(_ mode: String?) throws(GripProblem) -> Bool {
        switch mode {
        case nil, "idle": return true
        case "interval": return false
        case let other?:
            throw GripProblem(
                "The mode of Grip-Keep-Alive must be idle or interval, not \"\(other)\".")
        }
    }

    /// The bytes of a text as C writes it; nil where an escape is none of Pushpin's.
    private static func unescape(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch iterator.next() {
            case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "x"):
                guard let high = iterator.next()?.hexadecimalValue,
                    let low = iterator.next()?.hexadecimalValue
                else { return nil }
                bytes.append(high << 4 | low)
            default: return nil
            }
        }
        return bytes
    }
}

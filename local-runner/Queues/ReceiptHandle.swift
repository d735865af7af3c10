import Foundation
import FunctionCrypto

/// What a client shows of a message that it has received, to delete it or to keep it longer.
///
/// A handle says which message it was, at which of its receptions, and when that was; and it bears
/// a mark that only this state folder can make, so that nobody's guess is taken for one.
struct ReceiptHandle: Equatable {
    var queue: Int64
    var message: Int64
    var reception: Int64
    /// When the message was received, in epoch milliseconds.
    var time: Int64

    private static let markLength = 16

    func text(key: [UInt8]) -> String {
        let payload = [queue, message, reception, time].flatMap { value in
            withUnsafeBytes(of: value.bigEndian, Array.init)
        }
        return Data(payload + Self.mark(of: payload, key)).base64EncodedString()
    }

    init(queue: Int64, message: Int64, reception: Int64, time: Int64) {
        self.queue = queue
        self.message = message
        self.reception = reception
        self.time = time
    }

    /// - Returns: nil where it was not made here.
    init?(_ text: String, key: [UInt8]) {
        guard let data = Data(base64Encoded: text), data.count == 32 + Self.markLength else {
            return nil
        }
        let payload = [UInt8](data.prefix(32))
        guard constantTimeEquals(Self.mark(of: payload, key), [UInt8](data.dropFirst(32))) else {
            return nil
        }
        let values = payload.withUnsafeBytes { bytes in
            (0..<4).map { index in
                Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
            }
        }
        self.init(queue: values[0], message: values[1], reception: values[2], time: values[3])
    }

    private static func mark(of payload: [UInt8], _ key: [UInt8]) -> [UInt8] {
        Array(Hash.sha256.hmac(key: key, message: payload).prefix(markLength))
    }
}

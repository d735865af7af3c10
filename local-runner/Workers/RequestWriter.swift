import FunctionRuntime
import NIOCore
import NIOHTTP1

/// Writes a request as one line of the stdin-JSON protocol, straight into the buffer that goes to
/// the worker.
enum RequestWriter {
    static func write(_ call: Call, into buffer: inout ByteBuffer) {
        guard !call.isTrigger else {
            buffer.writeImmutableBuffer(call.body)
            buffer.writeStaticString("\n")
            return
        }
        buffer.writeStaticString("{\"method\":")
        buffer.writeJSONString(call.method)
        buffer.writeStaticString(",\"path\":")
        buffer.writeJSONString(String(call.pathBelowMount))
        if !call.query.isEmpty {
            buffer.writeStaticString(",\"query\":")
            buffer.writeJSONString(String(call.query))
        }
        buffer.writeStaticString(",\"headers\":{")
        write(RequestFields.of(call), into: &buffer)
        buffer.writeStaticString("},\"remoteAddress\":")
        buffer.writeJSONString(call.remoteAddress)
        buffer.writeStaticString(",\"id\":")
        buffer.writeJSONString(call.id)
        buffer.writeStaticString(",\"time\":")
        buffer.writeString(String(call.time))
        buffer.writeStaticString(",\"deadline\":")
        buffer.writeString(String(call.deadline))
        if call.body.readableBytes > 0 { write(call.body, into: &buffer) }
        buffer.writeStaticString("}\n")
    }

    private static func write(_ body: ByteBuffer, into buffer: inout ByteBuffer) {
        body.withUnsafeReadableBytes { bytes in
            if JSONString.isUTF8(bytes) {
                buffer.writeStaticString(",\"body\":")
                buffer.writeJSONString(bytes)
            } else {
                buffer.writeStaticString(",\"base64\":\"")
                buffer.writeString(Base64.encode(Array(bytes)))
                buffer.writeStaticString("\"")
            }
        }
    }

    /// A name that comes several times gets an array, at the place of the first.
    private static func write(_ fields: [RequestFields.Field], into buffer: inout ByteBuffer) {
        for (index, field) in fields.enumerated() where !field.isRepetition {
            if index > 0 { buffer.writeStaticString(",") }
            buffer.writeJSONString(field.name)
            buffer.writeStaticString(":")
            guard field.isRepeated else {
                buffer.writeJSONString(field.value)
                continue
            }
            buffer.writeStaticString("[")
            buffer.writeJSONString(field.value)
            for later in fields[(index + 1)...] where later.name == field.name {
                buffer.writeStaticString(",")
                buffer.writeJSONString(later.value)
            }
            buffer.writeStaticString("]")
        }
    }
}

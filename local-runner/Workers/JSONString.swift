import NIOCore

/// JSON strings (RFC 8259 §7) written into buffers and read from lines, in runs: most bytes of a
/// body need no escape, and are looked at eight at a time.
enum JSONString {
    /// Whether none of eight bytes is a quotation mark, a backslash or a control character.
    ///
    /// The sums carry into a byte's highest bit exactly where the byte is wanted; a byte above 127
    /// may be taken for one that matters, and is then looked at alone.
    @inline(__always)
    static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let special =
            (quote &- ones) | (backslash &- ones) | (word &- (ones &* 0x20)) | word
        return special & high == 0
    }

    /// The length of the run of bytes from an offset that stand for themselves within a string.
    @inline(__always)
    static func plainRun(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count,
            isPlain(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            index += 1
        }
        return index - start
    }

    static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            bytes.allSatisfy { $0 < 0x80 }
                || (try? UTF8Span(validating: Span(_unsafeElements: bytes))) != nil
        }
    }
}

extension ByteBuffer {
    /// Writes a text as a JSON string, in quotes.
    mutating func writeJSONString(_ text: String) {
        var text = text
        text.withUTF8 { writeJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// Writes bytes that are UTF-8 as a JSON string, in quotes.
    mutating func writeJSONString(_ bytes: UnsafeRawBufferPointer) {
        writeInteger(UInt8(ascii: "\""))
        writeJSONText(bytes)
        writeInteger(UInt8(ascii: "\""))
    }

    /// Writes the inside of a JSON string.
    mutating func writeJSONText(_ text: String) {
        var text = text
        text.withUTF8 { writeJSONText(UnsafeRawBufferPointer($0)) }
    }

    private mutating func writeJSONText(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            let run = JSONString.plainRun(bytes, from: index)
            if run > 0 {
                writeBytes(UnsafeRawBufferPointer(rebasing: bytes[index..<index + run]))
                index += run
            }
            if index < bytes.count {
                writeEscape(bytes[index])
                index += 1
            }
        }
    }

    private mutating func writeEscape(_ byte: UInt8) {
        let letter: UInt8
        switch byte {
        case 0x22, 0x5C: letter = byte
        case 0x0A: letter = UInt8(ascii: "n")
        case 0x0D: letter = UInt8(ascii: "r")
        case 0x09: letter = UInt8(ascii: "t")
        default:
            let digits: StaticString = "0123456789abcdef"
            writeStaticString("\\u00")
            writeInteger(digits.utf8Start[Int(byte >> 4)])
            writeInteger(digits.utf8Start[Int(byte & 15)])
            return
        }
        writeInteger(UInt16(0x5C) << 8 | UInt16(letter))
    }

    private mutating func writeScalar(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            writeInteger(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            writeString(String(Character(scalar)))
        }
    }

    /// Writes the text of a JSON string, given without its quotes and known to be well formed.
    mutating func writeUnescaped(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            let run = JSONString.plainRun(bytes, from: index)
            if run > 0 {
                writeBytes(UnsafeRawBufferPointer(rebasing: bytes[index..<index + run]))
                index += run
            }
            if index < bytes.count {
                let escape = JSONEscape(bytes, at: index)
                if let scalar = escape?.scalar { writeScalar(scalar) }
                index += escape?.length ?? 1
            }
        }
    }
}

import Foundation
import NIOCore

/// A body of `multipart/form-data` (RFC 7578), taken apart.
struct MultipartForm {
    struct Part {
        var name: String
        var value: Data
    }

    /// Why it cannot be taken apart.
    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var parts: [Part] = []

    /// The delimiter that a media type names; nil where it is no form.
    ///
    /// - Throws: ``Malformed`` where it is a form without one.
    static func boundary(ofType type: String) throws -> String? {
        let pieces = parameters(of: type)
        guard pieces.value.lowercased() == "multipart/form-data" else { return nil }
        guard let boundary = pieces.parameters["boundary"], (1...70).contains(boundary.utf8.count)
        else { throw Malformed(description: "multipart/form-data needs a boundary") }
        return boundary
    }

    init(_ body: ByteBuffer, boundary: String) throws {
        parts = try body.withUnsafeReadableBytes { try Self.parts(of: $0, boundary) }
    }

    /// The bytes of the parts with a name, in order.
    func values(_ name: String) -> [Data] {
        parts.filter { $0.name == name }.map(\.value)
    }

    private static func parts(
        of body: UnsafeRawBufferPointer, _ boundary: String
    ) throws -> [Part] {
        let delimiter = Array("\r\n--\(boundary)".utf8)
        guard var place = start(of: body, Array(delimiter.dropFirst(2)), delimiter) else {
            throw Malformed(description: "the form does not start with its boundary")
        }
        var parts: [Part] = []
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: body[place...])
            if rest.starts(with: "--".utf8) { return parts }
            guard let lineEnd = position(of: Array("\r\n".utf8), in: rest),
                rest[..<lineEnd].allSatisfy({ $0 == 0x20 || $0 == 0x09 })
            else { throw Malformed(description: "a line of the form goes on behind its boundary") }
            let head = UnsafeRawBufferPointer(rebasing: rest[lineEnd...])
            guard let headEnd = position(of: Array("\r\n\r\n".utf8), in: head) else {
                throw Malformed(description: "a part of the form has no end of its header")
            }
            let content = UnsafeRawBufferPointer(rebasing: head[(headEnd + 4)...])
            guard let end = position(of: delimiter, in: content) else {
                throw Malformed(description: "the form has no end")
            }
            let name = try name(in: String(decoding: head[..<headEnd], as: UTF8.self))
            parts.append(Part(name: name, value: Data(content[..<end])))
            place += lineEnd + headEnd + 4 + end + delimiter.count
        }
    }

    /// Where the first part starts, behind what mail readers of old were told.
    private static func start(
        of body: UnsafeRawBufferPointer, _ first: [UInt8], _ delimiter: [UInt8]
    ) -> Int? {
        if body.starts(with: first) { return first.count }
        return position(of: delimiter, in: body).map { $0 + delimiter.count }
    }

    /// Where a sequence of bytes first stands; nil where it does not.
    private static func position(of bytes: [UInt8], in buffer: UnsafeRawBufferPointer) -> Int? {
        guard let base = buffer.baseAddress, let first = bytes.first else { return nil }
        var place = 0
        while buffer.count - place >= bytes.count {
            guard let found = memchr(base + place, Int32(first), buffer.count - place) else {
                return nil
            }
            place = UnsafeRawPointer(found) - base
            guard buffer.count - place >= bytes.count else { return nil }
            if memcmp(base + place, bytes, bytes.count) == 0 { return place }
            place += 1
        }
        return nil
    }

    private static func name(in header: String) throws -> String {
        for line in header.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-disposition" else { continue }
            let disposition = parameters(of: String(parts[1]))
            guard disposition.value.lowercased() == "form-data",
                let name = disposition.parameters["name"]
            else { break }
            return name
        }
        throw Malformed(description: "a part of the form has no name")
    }

    /// A value and what follows it as `; name=value`, with or without quotes.
    private static func parameters(
        of text: String
    ) -> (value: String, parameters: [String: String]) {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text.unicodeScalars {
            if isEscaped {
                pieces[pieces.count - 1].unicodeScalars.append(character)
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].unicodeScalars.append(character)
            }
        }
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = parts[0].trimmingCharacters(in: .whitespaces).lowercased()
            parameters[name] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return (pieces[0].trimmingCharacters(in: .whitespaces), parameters)
    }
}

import Glibc

/// A field of a form, or a file that goes with it.
public struct FormPart: Sendable, Equatable {
    /// Of the field.
    public var name: String
    /// As the client calls the file; nil for a field that is none.
    public var fileName: String?
    public var contentType: String?
    public var body: [UInt8]

    public init(
        name: String, fileName: String? = nil, contentType: String? = nil, body: [UInt8]
    ) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
        self.body = body
    }
}

extension Request {
    /// The parts of a body of `multipart/form-data` (RFC 7578), in order.
    ///
    /// - Throws: 415 where the body is of another media type, 400 where it is not a whole form.
    public func form() throws -> [FormPart] {
        let type = headers["content-type"] ?? ""
        do {
            let parts = try body.withUnsafeBytes { try FormPart.parts(of: $0, type: type) }
            if let parts { return parts }
        } catch let error as MalformedForm {
            throw Failure.badRequest("The form cannot be read: \(error).")
        }
        throw Failure(
            415, "unsupported-media-type",
            "This takes multipart/form-data; the request carries "
                + (type.isEmpty ? "nothing that is named." : "\(HeaderValue(type).text)."))
    }
}

extension FormPart {
    /// The parts of a body, in order; nil where its media type is no form's.
    ///
    /// - Throws: ``MalformedForm``.
    package static func parts(
        of body: UnsafeRawBufferPointer, type: String
    ) throws -> [FormPart]? {
        let type = HeaderValue(type)
        guard type.text.lowercased() == "multipart/form-data" else { return nil }
        guard let boundary = type["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw MalformedForm("its media type names no boundary")
        }
        var reader = FormReader(bytes: body, delimiter: Array("\r\n--\(boundary)".utf8))
        return try reader.parts()
    }
}

/// Why a form cannot be taken apart.
package struct MalformedForm: Error, CustomStringConvertible {
    package let description: String

    init(_ problem: String) {
        description = problem
    }
}

/// Takes a form apart: `--boundary`, header lines, an empty line and the content, again and again,
/// and `--boundary--` at the end.
private struct FormReader {
    /// How many parts a form may have, and how long the header of one may be.
    private static let limits = (parts: 100, header: 8 << 10)

    let bytes: UnsafeRawBufferPointer
    /// What ends a part's content.
    let delimiter: [UInt8]
    var position = 0

    init(bytes: UnsafeRawBufferPointer, delimiter: [UInt8]) {
        self.bytes = bytes
        self.delimiter = delimiter
    }

    mutating func parts() throws -> [FormPart] {
        guard skip(delimiter.dropFirst(2)) else {
            throw MalformedForm("it does not start with its boundary")
        }
        var parts: [FormPart] = []
        while !skip("--".utf8) {
            while skip(" ".utf8) || skip("\t".utf8) {}
            guard skip("\r\n".utf8) else {
                throw MalformedForm("a line goes on behind its boundary")
            }
            guard parts.count < Self.limits.parts else {
                throw MalformedForm("it has more than \(Self.limits.parts) parts")
            }
            parts.append(try part())
        }
        return parts
    }

    private mutating func part() throws -> FormPart {
        var part = FormPart(name: "", body: [])
        var hasName = false
        let start = position
        while !skip("\r\n".utf8) {
            guard let end = find("\r\n".utf8), end - start <= Self.limits.header else {
                throw MalformedForm("the header of a part has no end, or is too long")
            }
            let line = String(decoding: bytes[position..<end], as: UTF8.self)
            position = end + 2
            let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard field.count == 2 else {
                throw MalformedForm("a part has a header line without a colon")
            }
            let value = HeaderValue(String(field[1]))
            switch field[0].lowercased() {
            case "content-type": part.contentType = value.text.lowercased()
            case "content-disposition" where value.text.lowercased() == "form-data":
                guard let name = value["name"] else { break }
                part.name = Self.unescape(name)
                part.fileName = value["filename"].map(Self.unescape)
                hasName = true
            default: break
            }
        }
        guard hasName else { throw MalformedForm("a part has no name") }
        guard let end = find(delimiter) else { throw MalformedForm("it has no end") }
        part.body = Array(bytes[position..<end])
        position = end + delimiter.count
        return part
    }

    /// Moves behind some bytes, if they come next.
    private mutating func skip(_ wanted: some Collection<UInt8>) -> Bool {
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    /// Where some bytes come next.
    private func find(_ wanted: some Collection<UInt8>) -> Int? {
        guard let base = bytes.baseAddress, let first = wanted.first else { return nil }
        var place = position
        while bytes.count - place >= wanted.count {
            guard let found = memchr(base + place, Int32(first), bytes.count - place) else { break }
            place = UnsafeRawPointer(found) - base
            if bytes[place...].starts(with: wanted) { return place }
            place += 1
        }
        return nil
    }

    /// A name as browsers write it (WHATWG HTML §4.10.21.8): three characters are escaped.
    private static func unescape(_ name: String) -> String {
        var text = ""
        var rest = name[...]
        while let character = rest.first {
            switch rest.prefix(3).lowercased() {
            case "%22": text += "\""
            case "%0d": text += "\r"
            case "%0a": text += "\n"
            default:
                text.append(character)
                rest.removeFirst()
                continue
            }
            rest.removeFirst(3)
        }
        return text
    }
}

/// The value of a header field with its parameters: `form-data; name="file"`.
struct HeaderValue {
    /// What stands before the parameters.
    let text: String
    private var parameters: [(name: String, value: String)] = []

    init(_ value: String) {
        var pieces: [[UInt8]] = [[]]
        var isQuoted = false
        var isEscaped = false
        for byte in value.utf8 {
            switch byte {
            case _ where isEscaped:
                pieces[pieces.count - 1].append(byte)
                isEscaped = false
            case UInt8(ascii: "\\") where isQuoted: isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";") where !isQuoted: pieces.append([])
            default: pieces[pieces.count - 1].append(byte)
            }
        }
        text = Self.trim(pieces[0])
        for piece in pieces.dropFirst() {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            parameters.append(
                (
                    Self.trim(piece[..<equals]).lowercased(),
                    Self.trim(piece[piece.index(after: equals)...])
                ))
        }
    }

    /// The value of a parameter; of several, the first.
    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    private static func trim(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let start = bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex
        return String(decoding: start[..<end], as: UTF8.self)
    }
}

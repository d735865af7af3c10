/// A table as spreadsheets write it (RFC 4180): fields between commas or semicolons, in quotes where
/// they hold one of these or a line break.
struct CSV {
    /// Why a text is no such table.
    struct Malformed: Error {
        /// Of the text, from 1.
        var line: Int
        var problem: String
    }

    /// What stands between fields.
    let delimiter: UInt8
    /// The fields of each record; one that is empty is a line without anything.
    private(set) var records: [[String]] = []

    /// So many records, empty lines included, are more than a person wrote.
    private static let limit = 10_000

    /// Reads a table from text in UTF-8; a byte order mark is passed over.
    init(_ bytes: [UInt8]) throws(Malformed) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Malformed(line: 1, problem: "The text is not UTF-8.")
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        // Spreadsheets write semicolons where the comma is the decimal point.
        let head = text.prefix { $0 != 0x0A }
        let semicolons = head.count { $0 == UInt8(ascii: ";") }
        let commas = head.count { $0 == UInt8(ascii: ",") }
        delimiter = UInt8(ascii: semicolons > commas ? ";" : ",")
        try read(text)
    }

    private mutating func read(_ text: ArraySlice<UInt8>) throws(Malformed) {
        var rest = text
        var line = 1
        while !rest.isEmpty {
            guard records.count < Self.limit else {
                throw Malformed(line: line, problem: "There are more than \(Self.limit) lines.")
            }
            var fields: [String] = []
            var goesOn = true
            while goesOn {
                fields.append(try Self.field(of: &rest, &line, until: delimiter))
                goesOn = rest.first == delimiter
                if goesOn { rest.removeFirst() }
            }
            if rest.first == 0x0D { rest.removeFirst() }
            if rest.first == 0x0A { rest.removeFirst() }
            line += 1
            records.append(fields == [""] ? [] : fields)
        }
    }

    /// Takes a field, up to the delimiter or the end of the line.
    private static func field(
        of rest: inout ArraySlice<UInt8>, _ line: inout Int, until delimiter: UInt8
    ) throws(Malformed) -> String {
        guard rest.first == UInt8(ascii: "\"") else {
            let field = rest.prefix { $0 != delimiter && $0 != 0x0A }
            rest = rest.dropFirst(field.count)
            let endsLine = rest.first != delimiter && field.last == 0x0D
            return String(decoding: endsLine ? field.dropLast() : field, as: UTF8.self)
        }
        let start = line
        var field: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == 0x0A { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                field.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "\"") {
                field.append(byte)
                rest.removeFirst()
                continue
            }
            guard rest.first.map({ [delimiter, 0x0A, 0x0D].contains($0) }) ?? true else {
                throw Malformed(line: line, problem: "Text follows the end of a quoted field.")
            }
            return String(decoding: field, as: UTF8.self)
        }
        throw Malformed(line: start, problem: "A quoted field has no end.")
    }

    /// The table as text, with one column emptied below its header.
    ///
    /// A record with more or fewer fields than the header is an empty line: what stands in the
    /// column cannot be told.
    func text(without column: Int) -> [UInt8] {
        var text: [UInt8] = []
        for (number, record) in records.enumerated() {
            let fields = record.count == records[0].count ? record : []
            for (index, field) in fields.enumerated() {
                if index > 0 { text.append(delimiter) }
                let isKept = index != column || number == 0
                if isKept { Self.write(field, to: &text, between: delimiter) }
            }
            text += [0x0D, 0x0A]
        }
        return text
    }

    private static func write(_ field: String, to text: inout [UInt8], between delimiter: UInt8) {
        let special = [delimiter, UInt8(ascii: "\""), 0x0A, 0x0D]
        guard field.utf8.contains(where: special.contains) else {
            text += field.utf8
            return
        }
        text.append(UInt8(ascii: "\""))
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { text.append(byte) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
    }
}

/// Reads a table as spreadsheets write it (RFC 4180): fields between commas, semicolons or tabs, in
/// quotes where they hold one of these or a line break.
///
/// The text is UTF-8, with or without a byte order mark; what is not is read as Windows-1252, in which
/// older spreadsheets write. An apostrophe that ``FormulaGuard`` has put before a text is taken away.
struct CSVReader {
    /// What stands between fields.
    let delimiter: UInt8
    private let text: [UInt8]
    private let limits: Table.Limits
    private var place = 0
    private var line = 1

    init(_ file: [UInt8], within limits: Table.Limits) throws {
        text = try Self.decode(file)
        delimiter = Self.delimiter(of: text)
        self.limits = limits
    }

    /// The text as UTF-8, without a byte order mark.
    private static func decode(_ file: [UInt8]) throws -> [UInt8] {
        if let zero = file.firstIndex(of: 0) {
            throw TableError(
                "It is no text, as it has a byte 0; save it as \"CSV UTF-8\".",
                at: "line \(file[..<zero].count { $0 == 0x0A } + 1)")
        }
        guard String(validating: file, as: UTF8.self) == nil else {
            return file.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(file[3...]) : file
        }
        return try Windows1252.decode(file)
    }

    /// The one that the first line has most of, quoted fields aside.
    ///
    /// Spreadsheets write semicolons where the comma is the decimal point.
    private static func delimiter(of text: [UInt8]) -> UInt8 {
        var (commas, semicolons, tabs) = (0, 0, 0)
        var isQuoted = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: commas += 1
            case UInt8(ascii: ";") where !isQuoted: semicolons += 1
            case UInt8(ascii: "\t") where !isQuoted: tabs += 1
            default: break
            }
            if byte == 0x0A, !isQuoted { break }
        }
        if tabs > max(commas, semicolons) { return UInt8(ascii: "\t") }
        return UInt8(ascii: semicolons > commas ? ";" : ",")
    }

    /// The rows that are not blank.
    mutating func rows() throws -> [Table.Row] {
        var collector = RowCollector(within: limits)
        var number = 1
        while place < text.count {
            defer {
                line += 1
                number += 1
            }
            guard !skipLineEnd() else { continue }
            let start = line
            var fields = [FormulaGuard.strip(try field())]
            while place < text.count, text[place] == delimiter {
                place += 1
                guard fields.count < limits.columns else {
                    throw TableError.excess(
                        "There are more than \(limits.columns) columns.", at: "line \(start)")
                }
                fields.append(FormulaGuard.strip(try field()))
            }
            try collector.add(fields, number: number, at: "line \(start)")
            skipLineEnd()
        }
        return collector.rows
    }

    /// Whether there was one.
    @discardableResult
    private mutating func skipLineEnd() -> Bool {
        let start = place
        if place < text.count, text[place] == 0x0D { place += 1 }
        if place < text.count, text[place] == 0x0A { place += 1 }
        return place > start
    }

    /// Takes a field, up to the delimiter or the end of the line.
    private mutating func field() throws -> String {
        guard place < text.count, text[place] == UInt8(ascii: "\"") else {
            let start = place
            while place < text.count, text[place] != delimiter, text[place] != 0x0A { place += 1 }
            let isAtEnd = place == text.count || text[place] == 0x0A
            let end = isAtEnd && place > start && text[place - 1] == 0x0D ? place - 1 : place
            return String(decoding: text[start..<end], as: UTF8.self)
        }
        return try quotedField()
    }

    private mutating func quotedField() throws -> String {
        let start = line
        var field: [UInt8] = []
        place += 1
        while place < text.count {
            let byte = text[place]
            place += 1
            if byte == 0x0A { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                field.append(byte)
                continue
            }
            let next = place < text.count ? text[place] : 0x0A
            if next == UInt8(ascii: "\"") {
                field.append(byte)
                place += 1
                continue
            }
            guard next == delimiter || next == 0x0A || next == 0x0D else {
                throw TableError("Text follows the end of a quoted field.", at: "line \(line)")
            }
            return String(decoding: field, as: UTF8.self)
        }
        throw TableError("A quoted field has no end.", at: "line \(start)")
    }
}

/// Reads the cells of a sheet, row by row.
struct Worksheet {
    private let stream: XMLStream
    private let strings: [String]
    private let limits: Table.Limits
    private var collector: RowCollector
    /// Of the first row: how many fields every row has at least.
    private var width = 0

    init(_ stream: XMLStream, strings: [String], within limits: Table.Limits) {
        self.stream = stream
        self.strings = strings
        self.limits = limits
        collector = RowCollector(within: limits)
    }

    /// The rows that are not blank, each as wide as the first or wider.
    mutating func rows() throws -> [Table.Row] {
        var number = 0
        var isSheet = false
        while let event = try stream.next() {
            switch event {
            case .start("worksheet"): isSheet = true
            case .start("row"):
                let next = try rowNumber(after: number)
                try readRow(next)
                number = next
            default: break
            }
        }
        guard isSheet else { throw TableError("The part of the sheet holds no sheet.") }
        return collector.rows
    }

    /// The number of the row that has just started; the next one, where it has none.
    private func rowNumber(after last: Int) throws -> Int {
        guard let text = stream.attribute("r") else { return last + 1 }
        guard let number = Int(text), number > last, number <= 1_048_576 else {
            throw TableError("The row \"\(text)\" follows the row \(last).")
        }
        return number
    }

    private mutating func readRow(_ number: Int) throws {
        var fields: [String] = []
        var column = 0
        while let event = try stream.next(), event != .end("row") {
            guard event == .start("c") else { continue }
            if let reference = stream.attribute("r") {
                guard let place = Self.column(of: reference) else {
                    throw TableError("\"\(reference)\" names no cell.", at: "row \(number)")
                }
                column = place
            }
            let text = try readCell(at: "row \(number)")
            if !text.isEmpty {
                guard column < limits.columns else {
                    throw TableError.excess(
                        "There are more than \(limits.columns) columns.", at: "row \(number)")
                }
                while fields.count <= column { fields.append("") }
                fields[column] = text
            }
            column += 1
        }
        if collector.rows.isEmpty { width = fields.count }
        while fields.count < width { fields.append("") }
        try collector.add(fields, number: number, at: "row \(number)")
    }

    /// The column of a reference such as `BC12`, from 0; nil for what is none.
    static func column(of reference: String) -> Int? {
        let letters = reference.utf8.prefix { (0x41...0x5A).contains($0) }
        let digits = reference.utf8.dropFirst(letters.count)
        guard (1...3).contains(letters.count), !digits.isEmpty,
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return letters.reduce(0) { $0 * 26 + Int($1) - 0x40 } - 1
    }

    /// The text of the cell that has just started: of a formula its result.
    private func readCell(at place: String) throws -> String {
        let type = stream.attribute("t") ?? "n"
        var value = ""
        var inline = RichText()
        var isValue = false
        while let event = try stream.next(), event != .end("c") {
            switch event {
            case .start("v"): isValue = true
            case .end("v"): isValue = false
            case .text(let text) where isValue: value += text
            default: try inline.take(event)
            }
        }
        switch type {
        case "inlineStr": return inline.text
        case "s":
            guard !value.isEmpty else { return "" }
            guard let index = Int(value), strings.indices.contains(index) else {
                throw TableError(
                    "A cell refers to the text \(value), and there is none.", at: place)
            }
            return strings[index]
        case "b": return value == "1" ? "TRUE" : value == "0" ? "FALSE" : value
        case "n": return Self.number(value)
        // What a formula gives as text, an error such as #N/A, a date of ISO 8601.
        default: return EscapedText.decode(value)
        }
    }

    /// A number as people write it: a file has the shortest digits that give the same binary floating
    /// point in 17 places, such as 0.10000000000000001.
    static func number(_ text: String) -> String {
        guard text.utf8.contains(where: { ".eE".utf8.contains($0) }), let value = Double(text),
            value.isFinite
        else { return text }
        let isWhole = value.magnitude < 0x1p53 && value.rounded() == value
        return isWhole ? String(Int64(value)) : value.description
    }
}

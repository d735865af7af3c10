/// The texts of a workbook that its cells refer to by number.
struct SharedStrings {
    private(set) var texts: [String] = []

    init(_ stream: XMLStream, within limits: Table.Limits) throws {
        var reader = RichText()
        while let event = try stream.next() {
            switch event {
            case .start("si"): reader = RichText()
            case .end("si"):
                guard texts.count < limits.rows * limits.columns else {
                    throw TableError.excess("The workbook has more texts than its cells can have.")
                }
                texts.append(reader.text)
            default: try reader.take(event)
            }
        }
    }
}

/// A text that may consist of runs, each formatted in its own way; how its characters are pronounced
/// (`rPh`) is no part of it.
struct RichText {
    private var isText = false
    private var isPhonetic = false
    private var parts = ""

    /// The text of all runs; `_x000D_` and its like stand for characters that XML cannot hold
    /// (ECMA-376 Part 1, §22.9.2.19).
    var text: String { EscapedText.decode(parts) }

    mutating func take(_ event: XMLStream.Event) throws {
        switch event {
        case .start("rPh"): isPhonetic = true
        case .end("rPh"): isPhonetic = false
        case .start("t"): isText = true
        case .end("t"): isText = false
        case .text(let text) where isText && !isPhonetic: parts += text
        default: break
        }
    }
}

internal import CXML

/// The elements and texts of one part of a workbook, one after the other, by libxml2's reader, which
/// inflates as it reads and keeps no document.
///
/// A document type is refused before the parser sees it: without one there is no entity but XML's
/// own five, and nothing that could be fetched. The text must be UTF-8.
final class XMLStream {
    /// What comes next; names without their prefix.
    enum Event: Equatable {
        case start(String)
        case text(String)
        case end(String)
    }

    /// What the parser's callback is given.
    private final class Source {
        let part: ZipArchive.Part
        var error: TableError?
        /// Whether no element has started; only before the first can a document type stand.
        var isProlog = true
        private var matched = 0
        private static let doctype = Array("<!DOCTYPE".utf8)

        init(_ part: ZipArchive.Part) {
            self.part = part
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            do {
                let count = try part.read(into: buffer)
                for byte in buffer.prefix(isProlog ? count : 0) {
                    let goesOn = byte == Self.doctype[matched]
                    matched = goesOn ? matched + 1 : byte == Self.doctype[0] ? 1 : 0
                    guard matched < Self.doctype.count else {
                        throw TableError(
                            "The part \(part.name) declares a document type, which no workbook has."
                        )
                    }
                }
                return count
            } catch {
                self.error = error as? TableError ?? TableError("\(error)")
                return -1
            }
        }
    }

    private let source: Source
    private let reader: xmlTextReaderPtr
    /// The name of an empty element whose end is still to be told.
    private var emptyElement: String?

    init(_ part: ZipArchive.Part) throws {
        source = Source(part)
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        let reader = xmlReaderForIO(
            { context, bytes, count in
                guard let context, let bytes else { return -1 }
                let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
                return Int32(
                    source.read(
                        into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))))
            }, { _ in 0 }, Unmanaged.passUnretained(source).toOpaque(), nil, "UTF-8",
            Int32(options))
        guard let reader else {
            throw source.error ?? TableError("The part \(part.name) is no XML.")
        }
        self.reader = reader
        // Without one, some errors go to standard error all the same.
        xmlTextReaderSetStructuredErrorHandler(reader, { _, _ in }, nil)
    }

    deinit {
        xmlFreeTextReader(reader)
    }

    /// The next event; nil at the end of the document, which then was well-formed.
    func next() throws -> Event? {
        if let name = emptyElement {
            emptyElement = nil
            return .end(name)
        }
        while try advance() {
            switch xmlReaderTypes(UInt32(xmlTextReaderNodeType(reader))) {
            case XML_READER_TYPE_ELEMENT:
                let name = localName
                source.isProlog = false
                if xmlTextReaderIsEmptyElement(reader) == 1 { emptyElement = name }
                return .start(name)
            case XML_READER_TYPE_END_ELEMENT: return .end(localName)
            case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA,
                XML_READER_TYPE_SIGNIFICANT_WHITESPACE, XML_READER_TYPE_WHITESPACE:
                return .text(xmlTextReaderConstValue(reader).map(Self.text) ?? "")
            default: continue
            }
        }
        return nil
    }

    private func advance() throws -> Bool {
        let code = xmlTextReaderRead(reader)
        if let error = source.error { throw error }
        guard code >= 0 else {
            let line = xmlTextReaderGetParserLineNumber(reader)
            throw TableError("The part \(source.part.name) is no well-formed XML (line \(line)).")
        }
        return code == 1
    }

    /// The value of an attribute of the element that has just started; without a namespace, where none is
    /// named.
    func attribute(_ name: String, of namespaces: [String] = []) -> String? {
        if namespaces.isEmpty { return take(xmlTextReaderGetAttribute(reader, name)) }
        return namespaces.lazy.compactMap { [self] in
            take(xmlTextReaderGetAttributeNs(reader, name, $0))
        }.first
    }

    private func take(_ text: UnsafeMutablePointer<xmlChar>?) -> String? {
        guard let text else { return nil }
        defer { apus_xml_free(text) }
        return Self.text(text)
    }

    private var localName: String { xmlTextReaderConstLocalName(reader).map(Self.text) ?? "" }

    private static func text(_ text: UnsafePointer<xmlChar>) -> String { String(cString: text) }
}

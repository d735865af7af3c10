/// A workbook of Office Open XML (ECMA-376): finds its first visible sheet, and reads it.
///
/// Parts are found by their relationships, as the standard has it, and not by the names that most
/// programs give them.
struct Workbook {
    private static let relationshipNamespaces = [
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ]

    /// How one part refers to another.
    private struct Relationship {
        /// What the type ends with, such as `worksheet`; its beginning depends on the edition.
        var type: String
        var target: String
        var isExternal: Bool
    }

    private let archive: ZipArchive
    private let limits: Table.Limits

    init(_ file: [UInt8], within limits: Table.Limits) throws {
        guard !file.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
            throw TableError(
                "It is an old .xls file, or a workbook with a password; "
                    + "save it as .xlsx, without a password.")
        }
        archive = try ZipArchive(file, within: limits)
        self.limits = limits
    }

    /// The rows of the first visible sheet.
    func rows() throws -> [Table.Row] {
        let start = try relationships(of: "").values.first { $0.type == "officeDocument" }
        guard let start else {
            throw TableError("It is a ZIP archive and no workbook: it has no main part.")
        }
        let workbook = try Self.resolve(start, from: "")
        let parts = try relationships(of: workbook)
        let (name, id) = try firstSheet(of: workbook)
        guard let relationship = parts[id] else {
            throw TableError("The workbook does not say where its sheet \"\(name)\" is.")
        }
        guard relationship.type == "worksheet" else {
            throw TableError(
                "The sheet \"\(name)\" has no cells; put the table on the first sheet.")
        }
        let strings = try parts.values.first { $0.type == "sharedStrings" }.map {
            try SharedStrings(stream(Self.resolve($0, from: workbook)), within: limits).texts
        }
        var sheet = Worksheet(
            try stream(try Self.resolve(relationship, from: workbook)), strings: strings ?? [],
            within: limits)
        return try sheet.rows()
    }

    private func stream(_ path: String) throws -> XMLStream {
        guard let part = try archive.open(path) else {
            throw TableError("The workbook names the part \(path), which is not in it.")
        }
        return try XMLStream(part)
    }

    /// Name and relationship of the first sheet that is visible, or else of the first.
    private func firstSheet(of workbook: String) throws -> (name: String, id: String) {
        let stream = try stream(workbook)
        var hidden: (String, String)?
        var visible: (String, String)?
        while let event = try stream.next() {
            guard event == .start("sheet"),
                let id = stream.attribute("id", of: Self.relationshipNamespaces)
            else { continue }
            let sheet = (stream.attribute("name") ?? "", id)
            if ["hidden", "veryHidden"].contains(stream.attribute("state")) {
                hidden = hidden ?? sheet
            } else {
                visible = visible ?? sheet
            }
        }
        guard let sheet = visible ?? hidden else {
            throw TableError("The workbook has no sheet.")
        }
        return sheet
    }

    /// The relationships of a part by their ids; those of the whole package for the empty path.
    private func relationships(of path: String) throws -> [String: Relationship] {
        let (folder, name) = Self.split(path)
        guard let part = try archive.open("\(folder)_rels/\(name).rels") else {
            guard path.isEmpty else { return [:] }
            throw TableError("It is a ZIP archive and no workbook: it has no _rels/.rels.")
        }
        let stream = try XMLStream(part)
        var found: [String: Relationship] = [:]
        while let event = try stream.next() {
            guard event == .start("Relationship"), let id = stream.attribute("Id"),
                let type = stream.attribute("Type"), let target = stream.attribute("Target")
            else { continue }
            found[id] = Relationship(
                type: type.split(separator: "/").last.map(String.init) ?? "", target: target,
                isExternal: stream.attribute("TargetMode") == "External")
        }
        return found
    }

    /// The path in the archive to which a relationship leads (ECMA-376 Part 2, §6.4).
    private static func resolve(
        _ relationship: Relationship, from source: String
    ) throws -> String {
        guard !relationship.isExternal else {
            throw TableError("The workbook names a part that is outside of it; nothing is fetched.")
        }
        let isAbsolute = relationship.target.hasPrefix("/")
        var steps = isAbsolute ? [] : split(source).folder.split(separator: "/")
        for step in relationship.target.split(separator: "/") where step != "." {
            guard step == ".." else {
                steps.append(step)
                continue
            }
            guard steps.popLast() != nil else {
                throw TableError("The workbook names a part that is outside of it.")
            }
        }
        return steps.joined(separator: "/")
    }

    /// What stands up to the last slash, with it, and what behind.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}

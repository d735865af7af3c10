import FunctionRuntime

/// What goes in and out: bodies, headers, status, path.
extension Subject {
    /// How large its requests' bodies may be.
    enum BodySize: Equatable {
        /// By its own word (`bodyLimit`), or because its `Input` has no room for more.
        case upTo(Int)
        /// Neither says.
        case any
    }

    var bodySize: BodySize {
        if let limit = description.bodyLimit { return .upTo(limit) }
        guard let input = description.json["input"] else { return .upTo(0) }
        return Self.size(of: input).map(BodySize.upTo) ?? .any
    }

    /// About how long the JSON of a value can be; nil where its schema bounds it not at all.
    static func size(of schema: JSON) -> Int? {
        switch schema["type"] {
        case "string":
            // A character may be written as two escapes of six bytes each.
            let length = try? schema["maxLength"]?.decode(as: Int.self)
            return (length ?? 512) * 12
        case "integer", "number", "boolean": return 32
        case "object":
            guard case .object(let members)? = schema["properties"] else { return nil }
            return members.reduce(2) { sum, member in
                guard let sum, let size = size(of: member.value) else { return nil }
                return sum + member.name.utf8.count + size + 8
            }
        default: return nil
        }
    }

    var bodyFindings: [Finding] {
        guard hasRoute, let limit = host.body else { return [] }
        switch bodySize {
        case .upTo(let size) where size <= limit.bytes: return []
        case .upTo(let size) where limit.isSetting:
            return [
                .differs(
                    .body,
                    "takes bodies of up to \(Self.megabytes(size)), and \(Self.megabytes(limit.bytes)) is \(limit.reason)",
                    do: "Use the packaged configuration, or say the same in yours.")
            ]
        case .upTo(let size):
            return [
                .differs(
                    .body,
                    "takes bodies of up to \(Self.megabytes(size)), and above \(Self.megabytes(limit.bytes)) they do not arrive: \(limit.reason)",
                    do:
                        "Lower its bodyLimit, or have large files put into a bucket at a presigned address."
                )
            ]
        case .any:
            return [
                .differs(
                    .body,
                    "does not say how large its bodies may be, and above \(Self.megabytes(limit.bytes)) they do not arrive: \(limit.reason)",
                    do: "Declare its bodyLimit.")
            ]
        }
    }

    var answerFindings: [Finding] {
        guard hasRoute else { return [] }
        var findings: [Finding] = []
        if let limit = host.answer {
            findings.append(
                .differs(
                    .answer,
                    "must not answer with more than \(Self.megabytes(limit.bytes)): \(limit.reason)",
                    do: "Have large answers read from a bucket at a presigned address."))
        }
        if let limit = host.header {
            findings.append(
                .differs(
                    .header, "gets no request whose header is longer: \(limit.reason), here 80 kB",
                    do: "Keep cookies small."))
        }
        if !host.carriesRepeatedFields {
            findings.append(
                .differs(
                    .header, "gets of several header fields of one name the first alone",
                    do: "Have clients send one, with commas between the values."))
        }
        return findings + (host.carriesStatus ? [] : lossFindings + statusFindings)
    }

    /// What a function loses of which only the body of an answer is passed on.
    private var lossFindings: [Finding] {
        var findings: [Finding] = []
        if answers.fields.contains("set-cookie") {
            findings.append(
                .fails(
                    .answer, "sets cookies, and only the body of an answer is passed on",
                    do: "Run it on another host."))
        }
        if answers.statuses.contains(where: { (300..<400).contains($0) && $0 != 304 }) {
            findings.append(
                .fails(
                    .answer, "redirects, and only the body of an answer is passed on",
                    do: "Run it on another host."))
        }
        if answers.mediaTypes.count > 1 || answers.fields.contains("content-disposition") {
            findings.append(
                .differs(
                    .answer, "says in its answer what that is, and only the body is passed on",
                    do: "Have clients know; of one media type it is content_type in stack.yml."))
        }
        return findings
    }

    /// What becomes of statuses there.
    private var statusFindings: [Finding] {
        var findings: [Finding] = []
        if answers.statuses.contains(where: { (201..<300).contains($0) }) {
            findings.append(
                .differs(
                    .answer, "tells success by a status such as 201, and clients see 200",
                    do: "Have clients look at the body."))
        }
        return findings + [
            .differs(
                .answer, "refuses with a status of 4xx, and clients see 200 with the error's body",
                do: "Have clients look at the body."),
            .differs(
                .answer,
                "fails with a status of 5xx: under \"serializing\", which packages set, that is 500 and its body \"exit status 1\"; under \"streaming\" every status is 200",
                do: "Leave the mode as it is, and read the function's log."),
        ]
    }

    var pathFindings: [Finding] {
        guard hasRoute else { return [] }
        if host.target == .openfaas {
            return [
                .differs(
                    .path, "answers below /function/NAME, as each function has an address there",
                    do: "Have a web server in front lead the paths of the app there.")
            ]
        }
        guard !host.keepsPath, description.paths.contains(where: { $0.contains("{") }) else {
            return []
        }
        return [
            .differs(
                .path,
                "has a placeholder, and gets a path that is decoded: %2F in a segment is a slash there, and nothing has that address",
                do: "Give ids no slashes; a query is not decoded.")
        ]
    }

    /// A number of bytes in MB of 1024 × 1024.
    static func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return tenths % 10 == 0 ? "\(tenths / 10) MB" : "\(tenths / 10).\(tenths % 10) MB"
    }
}

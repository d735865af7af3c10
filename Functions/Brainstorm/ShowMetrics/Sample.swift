import FunctionRuntime

/// One figure: a row of the schema's `metrics`.
struct Sample: Decodable {
    var name: String
    var kind: String
    var help: String
    var label: String?
    var labelValue: String?
    /// A number as Prometheus reads it.
    var value: String

    /// Samples in the text format 0.0.4, each family with its `HELP` and `TYPE` before it.
    static func text(of samples: [Sample]) -> String {
        var text = ""
        var family: String?
        for sample in samples {
            if sample.name != family {
                text += "# HELP \(sample.name) \(escape(sample.help, quotes: false))\n"
                text += "# TYPE \(sample.name) \(sample.kind)\n"
                family = sample.name
            }
            text += "\(sample.name)\(sample.labels) \(sample.value)\n"
        }
        return text
    }

    private var labels: String {
        guard let label, let labelValue else { return "" }
        return "{\(label)=\"\(Self.escape(labelValue, quotes: true))\"}"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.append(character)
            }
        }
    }
}

import FunctionPostgres
import FunctionRuntime

/// A day of the calendar, such as `2026-11-21`.
struct Day: Codable, SQLBindable {
    let value: String

    var sqlValue: SQLValue { .text(value) }

    init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", format: "date"), placeholder: ""
        ) { json in
            guard let text = json.text, Timestamp(text + "T00:00:00Z") != nil else {
                throw Violation("Must be a day such as 2026-11-21.")
            }
            return text
        }
    }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

import FunctionRuntime

/// A percentage from 0 to 100, to the hundredth.
struct Percentage: Decodable {
    let value: Fixed<2>

    init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", format: "decimal"), placeholder: Fixed(units: 0)
        ) { json in
            let text: String? =
                switch json {
                case .string(let text), .number(let text): text
                default: nil
                }
            guard let number = text.flatMap({ Fixed<2>($0) }), (0...10_000).contains(number.units)
            else { throw Violation("Must be a percentage from 0 to 100, to the hundredth.") }
            return number
        }
    }
}

import FunctionRuntime

/// Answers with what it was sent.
@main
struct Echo: Function {
    static let route = Route.post("/echo")

    struct Input: Decodable {
        var name: Text<1, 100>
        var quantity: Whole<1, 1000>?
    }

    struct Output: Codable {
        var greeting: String
        var quantity: Int
    }

    func handle(_ request: Request) throws -> Response {
        let input = try request.json(as: Input.self)
        return try .json(
            Output(greeting: "Hello, \(input.name.value)!", quantity: input.quantity?.value ?? 1))
    }
}

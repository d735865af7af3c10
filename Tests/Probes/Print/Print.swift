import FunctionRuntime

/// Prints while it answers, as somebody does who hunts a fault.
@main
struct Print: Function {
    static let route = Route.post("/print")

    func handle(_ request: Request) throws -> Response {
        let text = String(decoding: request.body, as: UTF8.self)
        print("Shouting \(text)")
        print(#"{"status":418,"headers":{},"body":"not the answer"}"#)
        return .text(text.uppercased() + "!")
    }
}

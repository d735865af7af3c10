import Hummingbird
import Logging

/// The handler of `Tests/Probes/Echo` inside Hummingbird: one process that parses HTTP, decodes,
/// checks, answers.
@main
struct Peer {
    struct Input: Decodable {
        var name: String
        var quantity: Int?
    }

    struct Output: ResponseCodable {
        var greeting: String
        var quantity: Int
    }

    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
        let router = Router()
        router.post("/probes/echo") { request, context -> Output in
            let input = try await request.decode(as: Input.self, context: context)
            guard (1...100).contains(input.name.unicodeScalars.count),
                (1...1000).contains(input.quantity ?? 1)
            else { throw HTTPError(.badRequest) }
            return Output(greeting: "Hello, \(input.name)!", quantity: input.quantity ?? 1)
        }
        var logger = Logger(label: "Peer")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}

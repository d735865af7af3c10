import FunctionRuntime

/// What a function says of itself (`--describe`), and its summary.
struct FunctionDescription: Sendable {
    /// All of it, as the function gave it.
    let json: JSON
    let method: String
    /// The path of the route, then its aliases.
    let paths: [String]
    let bindings: [Binding]
    /// The app's error body.
    let envelope: String
    var summary = ""

    /// Something outside that the function uses.
    struct Binding: Sendable, Equatable, Decodable {
        var kind: String
        var name: String
    }

    private struct Form: Decodable {
        struct Route: Decodable {
            var method: String
            var path: String
            var aliases: [String]?
        }

        var name: String
        var route: Route
        var bindings: [Binding]
        var envelope: String
    }

    /// Reads what an executable has printed.
    ///
    /// - Parameters:
    ///   - json: what it has printed.
    ///   - function: the name that it must have.
    /// - Throws: ``RunnerError`` where this is no description of that function.
    init(_ json: JSON, of function: String) throws {
        let form: Form
        do {
            form = try json.decode()
        } catch {
            throw RunnerError("The description of \(function) is not one: \(error)")
        }
        guard form.name == function else {
            throw RunnerError(
                "The executable of \(function) says that it is \(form.name); build it again.")
        }
        self.json = json
        method = form.route.method
        paths = [form.route.path] + (form.route.aliases ?? [])
        bindings = form.bindings
        envelope = form.envelope
    }

    /// The names of its bindings of one kind.
    func names(of kind: String) -> [String] {
        bindings.filter { $0.kind == kind }.map(\.name)
    }
}

import FunctionRuntime

extension KeyValueService {
    /// `/namespaces`: list and create.
    func namespaces(_ request: ServiceRequest) async throws -> ServiceResponse {
        if request.method == "GET" { return try list(Query(request.query)) }
        let title = try title(in: try await json(request))
        return .result(try store.createNamespace(title: title).json)
    }

    /// `/namespaces/{id}`: show, rename and delete.
    func namespace(
        _ namespace: Namespace, _ request: ServiceRequest
    ) async throws -> ServiceResponse {
        switch request.method {
        case "GET": return .result(namespace.json)
        case "PUT":
            let title = try title(in: try await json(request))
            try store.renameNamespace(namespace.id, title: title)
            return .result(Namespace(id: namespace.id, title: title).json)
        default:
            try store.deleteNamespace(namespace.id)
            return .result(nil)
        }
    }

    private func title(in body: JSON) throws(KeyValueError) -> String {
        guard case .object = body else { throw .invalidRequest("The body must be an object.") }
        guard let title = body["title"]?.text, !title.isEmpty else { throw .missingTitle }
        guard title.utf8.count <= KeyName.limit, !title.utf8.contains(0) else {
            throw .invalidRequest("A title has at most \(KeyName.limit) bytes, none of them zero.")
        }
        return title
    }

    private func list(_ query: Query) throws -> ServiceResponse {
        let page = try number(query["page"], 1...Int(Int32.max), default: 1) {
            KeyValueError(400, 10_007, "malformed page argument")
        }
        let size = try number(query["per_page"], 1...1000, default: 20) {
            KeyValueError(400, 10_008, "malformed per_page argument")
        }
        let order = query["order"] ?? "id"
        guard ["id", "title"].contains(order) else {
            throw KeyValueError(400, 10_043, "invalid order")
        }
        let direction = query["direction"] ?? "asc"
        guard ["asc", "desc"].contains(direction) else {
            throw KeyValueError(400, 10_044, "invalid direction")
        }
        var all = try store.namespaces()
        all.sort { left, right in
            let (left, right) = direction == "asc" ? (left, right) : (right, left)
            let field: KeyPath<Namespace, String> = order == "id" ? \.id : \.title
            return left[keyPath: field].utf8.lexicographicallyPrecedes(right[keyPath: field].utf8)
        }
        let part = all.dropFirst((page - 1) * size).prefix(size)
        return .result(
            .array(part.map(\.json)),
            info: [
                "page": .number(String(page)), "per_page": .number(String(size)),
                "count": .number(String(part.count)), "total_count": .number(String(all.count)),
                "total_pages": .number(String((all.count + size - 1) / size)),
            ])
    }

    /// A number of a query.
    func number(
        _ text: String?, _ range: ClosedRange<Int>, default value: Int,
        refusal: () -> KeyValueError
    ) throws(KeyValueError) -> Int {
        guard let text else { return value }
        guard let number = Int(text), range.contains(number) else { throw refusal() }
        return number
    }
}

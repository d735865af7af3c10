/// The targets that there are.
enum PackageTargets {
    static let all: [String: any PackageTarget.Type] = Dictionary(
        uniqueKeysWithValues: types.map { ($0.name, $0) })

    /// For people.
    static let names = types.map { $0.name }.sorted().joined(separator: ", ")

    private static let types: [any PackageTarget.Type] = [
        CGITarget.self, FastCGITarget.self, LambdaTarget.self, OpenFaaSTarget.self,
        SystemdTarget.self,
    ]
}

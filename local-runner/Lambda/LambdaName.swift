/// How functions are called at Lambda.
enum LambdaName {
    static let region = "us-east-1"

    /// The name that a function has there, and in packages: `brainstorm-ListNews`.
    static func of(app: String, function: String) -> String {
        "\(app.lowercased())-\(function)"
    }

    static func of(_ function: Catalog.Function, in app: App) -> String {
        of(app: app.name, function: function.name)
    }

    static func arn(of name: String) -> String {
        "arn:aws:lambda:\(region):\(QueueAddress.account):function:\(name)"
    }
}

extension Mount {
    var lambdaName: String { LambdaName.of(app: app, function: function) }
}

public import FunctionPostgres
public import FunctionRuntime

/// A function of Brainstorm: its failures are rendered in the app's envelope.
///
/// `{"error": "…"}`, and where fields were at fault
/// `{"error": "Validation failed", "details": [{"path", "message"}]}`.
///
/// It answers those whom `ALLOWED_CIDR` lets in (``AllowList``).
public protocol BrainstormFunction: Function {}

extension BrainstormFunction {
    public static var sharedBindings: [any Binding] { AllowList.bindings }

    public func admit(_ request: Request) throws {
        try admitByAddress(request)
    }

    /// Refuses whoever `ALLOWED_CIDR` does not let in.
    public func admitByAddress(_ request: Request) throws {
        try AllowList.admit(request)
    }

    public static func render(_ failure: Failure) -> Response {
        var body: [JSON.Member] = [.init("error", .string(failure.message))]
        if !failure.details.isEmpty {
            let details = failure.details.map { detail -> JSON in
                ["path": .string(detail.path), "message": .string(detail.message)]
            }
            body.append(.init("details", .array(details)))
        }
        return failure.response(.object(body))
    }
}

/// A function below `/api/auth/`, which answers everybody, wherever he is.
public protocol OpenFunction: BrainstormFunction {}

extension OpenFunction {
    public static var sharedBindings: [any Binding] { [] }

    public func admit(_ request: Request) throws {}
}

extension Database {
    /// The app's database.
    public static var brainstorm: Database { Database("brainstorm", constraints: messages) }

    private static let messages = [
        "users_email_key": "Another account has this e-mail address.",
        "users_username_key": "Another participant has this username.",
        "companies_ticker_key": "Another company has this ticker.",
        "transactions_company_id_fkey":
            "The company has transactions, so it cannot be deleted; deactivate it instead.",
        "holdings_company_id_fkey":
            "Participants hold shares of the company, so it cannot be deleted; deactivate it.",
    ]
}

public import FunctionPostgres

extension SQL {
    /// Whether a text occurs in an expression, without regard to case; always true for no text.
    public static func contains(_ text: String?, in expression: SQL) -> SQL {
        guard let text else { return "true" }
        return "strpos(lower(\(expression)), lower(\(text))) > 0"
    }
}

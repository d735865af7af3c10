/// An expression that cannot be read: what it is, and why not.
struct CronError: Error, Equatable, CustomStringConvertible {
    let description: String

    /// What is wrong in one of its fields.
    init(_ mistake: CronMistake, in expression: String) {
        description = """
            The \(mistake.field) of the cron expression "\(expression)" is wrong: \
            \(mistake.description)
            """
    }

    private init(_ description: String) {
        self.description = description
    }

    static func fieldCount(_ count: Int, in expression: String) -> CronError {
        CronError(
            """
            A cron expression has five fields with blanks between them and none around: minute, \
            hour, day of month, month, weekday. "\(expression)" has \(count)\
            \(count == 5 ? ", and a blank at an end" : "").
            """)
    }
}

/// What is wrong in one field: what was found, and what may stand there.
struct CronMistake: Error, CustomStringConvertible {
    let field: String
    let description: String
}

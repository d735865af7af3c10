/// The name under which the app opens its database.
public let databaseName = "brainstorm"

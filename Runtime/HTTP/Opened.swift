/// What a binding opens on first use: where its service is and who asks, and a client.
final class Opened<Settings> {
    let http: HTTP
    private let find: () throws -> Settings
    private var found: Settings?

    init(_ options: HTTP.Options = .init(), _ find: @escaping () throws -> Settings) {
        http = HTTP(options)
        self.find = find
    }

    func settings() throws -> Settings {
        if let found { return found }
        let settings = try find()
        found = settings
        return settings
    }
}

extension Catalog {
    /// What the server must know of each function, given the apps' databases and the emulated
    /// services.
    func mounts(databases: [AppDatabase], services: EmulatedAddresses? = nil) throws -> [Mount] {
        try entries.flatMap { entry in
            let url = try databases.first { $0.app == entry.app.name }?.functionURL
            return entry.functions.map { function in
                Mount(
                    app: entry.app.name, function: function.name,
                    method: function.description.method, paths: function.description.paths,
                    host: entry.app.host, prefix: entry.app.file.prefix,
                    executable: function.executable,
                    environment: FunctionEnvironment.make(
                        for: function, of: entry.app, databaseURL: url, services: services),
                    realtime: function.description.names(of: "realtime").isEmpty
                        ? nil : services?.credentials.realtimeKey(of: entry.app.name),
                    envelope: function.description.envelope,
                    isWebSocket: function.description.isWebSocket)
            }
        }
    }
}

import ArgumentParser
import FunctionHTTP
import FunctionRuntime

/// Everything about the key-value namespaces of the running copy.
struct KeyValueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kv", abstract: "List, show, put or delete keys of the running copy.",
        discussion: """
            A namespace is named by its title, such as brainstorm-link-addresses, or by its id. \
            What is done goes the way of any client: by Cloudflare's API.
            """,
        subcommands: [List.self, Show.self, Put.self, Delete.self])
}

/// What the commands about keys have in common.
struct KeyValueOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    private static let path = "/client/v4/accounts"

    struct Known {
        var id: String
        var title: String
    }

    /// All namespaces of the running copy, by title.
    func namespaces(_ copy: RunningCopy) throws -> [Known] {
        let answer = try copy.send(
            "GET", namespacesPath(copy) + "?per_page=1000&order=title",
            token: copy.credentials.cloudflareToken)
        guard case .array(let namespaces)? = answer["result"] else { return [] }
        return namespaces.map {
            Known(id: $0["id"]?.text ?? "", title: $0["title"]?.text ?? "")
        }
    }

    func namespacesPath(_ copy: RunningCopy) -> String {
        "\(Self.path)/\(copy.credentials.cloudflareAccount)/storage/kv/namespaces"
    }

    /// The namespace that somebody means.
    func namespace(_ name: String, _ copy: RunningCopy) throws -> Known {
        let all = try namespaces(copy)
        guard let namespace = all.first(where: { $0.title == name || $0.id == name }) else {
            let titles = all.map(\.title).joined(separator: ", ")
            throw RunnerError(
                "There is no namespace \"\(name)\"; there are: \(titles.isEmpty ? "none" : titles)."
            )
        }
        return namespace
    }

    /// A namespace as functions have it.
    func open(_ name: String) throws -> KeyValue {
        let copy = try RunningCopy(common)
        return KeyValue(
            KeyValue.Namespace(
                id: try namespace(name, copy).id, account: copy.credentials.cloudflareAccount,
                token: Secret(copy.credentials.cloudflareToken), base: copy.url + "/client/v4"))
    }
}

extension KeyValueCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the namespaces, or the keys of one.")

        @OptionGroup var options: KeyValueOptions

        @Argument(help: "The namespace whose keys to list.")
        var namespace: String?

        @Option(help: "List only keys that start so.")
        var prefix = ""

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            guard let namespace else { return try listNamespaces() }
            let store = try options.open(namespace)
            var keys: [KeyValue.Key] = []
            try store.each(prefix: prefix) { keys.append($0) }
            let listing = Listing(
                columns: ["key", "expires", "metadata"],
                rows: keys.map { key in
                    [
                        key.name, key.expiration?.description ?? "never",
                        key.metadata.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "",
                    ]
                }, nothing: "There is no such key in \(namespace).")
            listing.print(json: json ? .array(keys.map(Self.json)) : nil)
        }

        private func listNamespaces() throws {
            let namespaces = try options.namespaces(RunningCopy(options.common))
            let listing = Listing(
                columns: ["namespace", "id"], rows: namespaces.map { [$0.title, $0.id] },
                nothing: "There is no namespace: no function declares a key-value binding.")
            listing.print(
                json: json
                    ? .array(
                        namespaces.map { ["title": .string($0.title), "id": .string($0.id)] })
                    : nil)
        }

        private static func json(_ key: KeyValue.Key) -> JSON {
            var members: [JSON.Member] = [.init("name", .string(key.name))]
            if let time = key.expiration {
                members.append(.init("expiration", .number(String(time.milliseconds / 1000))))
            }
            if let metadata = key.metadata { members.append(.init("metadata", metadata)) }
            return .object(members)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the value of a key, byte by byte.",
            discussion: """
                With --json, an object of its value and metadata; a value that is no text is in \
                base64 there.
                """)

        @OptionGroup var options: KeyValueOptions

        @Argument(help: "The namespace.")
        var namespace: String

        @Argument(help: "The key.")
        var key: String

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let store = try options.open(namespace)
            guard let value = try store.bytes(key) else {
                throw RunnerError("There is no key \"\(key)\" in \(namespace).")
            }
            guard json else { return try StandardOutput.write(value) }
            let text = String(validating: value, as: UTF8.self)
            print(
                JSON.object([
                    .init("key", .string(key)),
                    .init(text == nil ? "base64" : "value", .string(text ?? Base64.encode(value))),
                    .init("metadata", try store.metadata(key) ?? .null),
                ]).pretty)
        }
    }
}

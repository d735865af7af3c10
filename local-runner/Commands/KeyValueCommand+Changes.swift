import ArgumentParser
import Foundation
import FunctionHTTP
import FunctionRuntime

extension KeyValueCommand {
    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a value, from the command line, a file or standard input.",
            discussion: """
                What expires without --ttl or with another one does so as this command says; what \
                was there is replaced, metadata included.
                """)

        @OptionGroup var options: KeyValueOptions

        @Argument(help: "The namespace; with --create one that need not be there.")
        var namespace: String

        @Argument(help: "The key.")
        var key: String

        @Argument(help: "The value; standard input where it is missing.")
        var value: String?

        @Option(help: ArgumentHelp("Take the value from a file.", valueName: "path"))
        var file: String?

        @Option(help: ArgumentHelp("When it expires: from 60 on.", valueName: "seconds"))
        var ttl: Int?

        @Option(help: ArgumentHelp("What to list along with the key.", valueName: "json"))
        var metadata: String?

        @Flag(help: "Make the namespace if it is not there.")
        var create = false

        func validate() throws {
            guard value == nil || file == nil else {
                throw ValidationError("A value comes from the command line or from --file.")
            }
        }

        func run() throws {
            let metadata = try metadata.map { text in
                do {
                    return try JSON(parsing: text)
                } catch {
                    throw RunnerError("--metadata must be JSON. \(error)")
                }
            }
            if create { try makeNamespace() }
            let store = try options.open(namespace)
            try store.put(
                key, bytes: bytes(), expiry: ttl.map { .in(seconds: $0) }, metadata: metadata)
        }

        private func bytes() throws -> [UInt8] {
            if let value { return Array(value.utf8) }
            guard let file else { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
            do {
                return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
            } catch {
                throw RunnerError("\(file) cannot be read: \(error.localizedDescription)")
            }
        }

        private func makeNamespace() throws {
            let copy = try RunningCopy(options.common)
            let known = try options.namespaces(copy)
            guard !known.contains(where: { $0.title == namespace || $0.id == namespace }) else {
                return
            }
            _ = try copy.send(
                "POST", options.namespacesPath(copy), token: copy.credentials.cloudflareToken,
                body: ["title": .string(namespace)])
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete keys; without a key, a namespace with all that it holds.",
            discussion: """
                A key that is not there is no error. The namespace of a function is made again, \
                empty, at the next start.
                """)

        @OptionGroup var options: KeyValueOptions

        @Argument(help: "The namespace.")
        var namespace: String

        @Argument(help: "The keys.")
        var keys: [String] = []

        @Flag(help: "Delete the namespace as a whole.")
        var whole = false

        func validate() throws {
            guard whole == keys.isEmpty else {
                throw ValidationError("Name the keys to delete, or else give --whole.")
            }
        }

        func run() throws {
            guard whole else {
                let store = try options.open(namespace)
                let kept = try store.delete(keys)
                guard kept.isEmpty else {
                    throw RunnerError("Not deleted: \(kept.joined(separator: ", ")).")
                }
                return
            }
            let copy = try RunningCopy(options.common)
            let id = try options.namespace(namespace, copy).id
            _ = try copy.send(
                "DELETE", "\(options.namespacesPath(copy))/\(id)",
                token: copy.credentials.cloudflareToken)
        }
    }
}

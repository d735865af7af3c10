import ArgumentParser
import Foundation
import FunctionHTTP
import FunctionRuntime
import Glibc

/// Everything about the buckets of the running copy.
struct ObjectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects", abstract: "List, show, put or delete objects of the running copy.",
        discussion: """
            An app's bucket is named after the app and the binding, such as brainstorm-imports. \
            What is done goes the way of any client: by S3's protocol.
            """,
        subcommands: [List.self, Show.self, Put.self, Delete.self])
}

/// What the commands about objects have in common.
struct ObjectsOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    func buckets() throws -> [String] {
        let copy = try RunningCopy(common)
        return try Objects.buckets(endpoint: copy.url, account: copy.account)
    }

    /// A bucket as functions have it.
    func open(_ bucket: String) throws -> Objects {
        let copy = try RunningCopy(common)
        return Objects(Objects.Bucket(name: bucket, endpoint: copy.url, account: copy.account))
    }
}

extension RunningCopy {
    /// Whom S3 and SQS take commands for.
    var account: AWSAccount {
        AWSAccount(
            region: "us-east-1", accessKeyID: credentials.accessKeyID,
            secretAccessKey: Secret(credentials.secretAccessKey))
    }
}

extension ObjectsCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the buckets, or the objects of one.")

        @OptionGroup var options: ObjectsOptions

        @Argument(help: "The bucket whose objects to list.")
        var bucket: String?

        @Option(help: "List only objects whose keys start so.")
        var prefix = ""

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            guard let bucket else { return try listBuckets() }
            var objects: [Objects.Info] = []
            try options.open(bucket).each(prefix: prefix) { objects.append($0) }
            let listing = Listing(
                columns: ["bytes", "modified", "etag", "key"],
                rows: objects.map {
                    [String($0.size), $0.modified?.description ?? "", $0.etag, $0.key]
                }, nothing: "There is no such object in \(bucket).")
            listing.print(json: json ? .array(objects.map(\.json)) : nil)
        }

        private func listBuckets() throws {
            let buckets = try options.buckets()
            let listing = Listing(
                columns: ["bucket"], rows: buckets.map { [$0] },
                nothing: "There is no bucket: no function declares a binding of objects.")
            listing.print(json: json ? .array(buckets.map(JSON.string)) : nil)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print an object, byte by byte.",
            discussion: "With --json, what is known of it instead.")

        @OptionGroup var options: ObjectsOptions

        @Argument(help: "The bucket.")
        var bucket: String

        @Argument(help: "The object's key.")
        var key: String

        @Flag(help: "Print what is known of it as JSON, and not the object itself.")
        var json = false

        func run() throws {
            let objects = try options.open(bucket)
            let info =
                json
                ? try objects.head(key) : try objects.get(key, toFile: STDOUT_FILENO)
            guard let info else { throw RunnerError("There is no object \(key) in \(bucket).") }
            if json { print(info.json.pretty) }
        }
    }

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a file into a bucket; a large one goes in parts.")

        @OptionGroup var options: ObjectsOptions

        @Argument(help: "The bucket.")
        var bucket: String

        @Argument(help: "The object's key.")
        var key: String

        @Argument(help: "The file, or - for standard input.")
        var file: String

        @Option(help: ArgumentHelp("The media type.", valueName: "type"))
        var contentType: String?

        func run() throws {
            let objects = try options.open(bucket)
            let attributes = Objects.Attributes(contentType: contentType)
            guard file != "-" else {
                let bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
                try objects.put(key, bytes, attributes)
                return print("Put \(bytes.count) bytes at \(bucket)/\(key).")
            }
            let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemCallError("Opening \(file)") }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw RunnerError("\(file) is no file that could be put.")
            }
            try objects.upload(key, file: descriptor, count: Int(status.st_size), attributes)
            print("Put \(status.st_size) bytes at \(bucket)/\(key).")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete an object.")

        @OptionGroup var options: ObjectsOptions

        @Argument(help: "The bucket.")
        var bucket: String

        @Argument(help: "The object's key.")
        var key: String

        func run() throws {
            let objects = try options.open(bucket)
            guard try objects.head(key) != nil else {
                throw RunnerError("There is no object \(key) in \(bucket).")
            }
            try objects.delete(key)
            print("Deleted \(bucket)/\(key).")
        }
    }
}

extension Objects.Info {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [
            .init("key", .string(key)), .init("bytes", .number(String(size))),
            .init("etag", .string(etag)),
        ]
        if let modified { members.append(.init("modified", .string(modified.description))) }
        if let contentType { members.append(.init("contentType", .string(contentType))) }
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }
            members.append(
                .init("metadata", .object(pairs.map { .init($0.key, .string($0.value)) })))
        }
        return .object(members)
    }
}

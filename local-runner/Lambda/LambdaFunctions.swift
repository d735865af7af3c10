import Foundation
import FunctionCrypto
import FunctionRuntime

/// All functions by the names that they have at Lambda.
struct LambdaFunctions: Sendable {
    struct Function: Sendable {
        /// Such as `brainstorm-ListNews`.
        var name: String
        /// Such as `Brainstorm/ListNews`.
        var mount: String
        var executable: String
        var summary = ""
        /// In seconds.
        var timeout: Double
    }

    /// In the order of their names.
    let all: [Function]

    init(_ functions: [Function]) {
        all = functions.sorted { $0.name < $1.name }
    }

    init(_ catalog: Catalog, timeout: Double) {
        self.init(
            catalog.entries.flatMap { entry in
                entry.functions.map { function in
                    Function(
                        name: LambdaName.of(function, in: entry.app),
                        mount: "\(entry.app.name)/\(function.name)",
                        executable: function.executable, summary: function.description.summary,
                        timeout: timeout)
                }
            })
    }

    /// Finds the function that a request names.
    ///
    /// - Parameters:
    ///   - text: a name, or an ARN in part or in full, with a version behind it or without.
    ///   - qualifier: a version given apart.
    /// - Returns: the function.
    /// - Throws: ``InvokeError`` where there is none, or no such version of it.
    func find(_ text: String, qualifier: String?) throws -> Function {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let account = QueueAddress.account
        for prefix in [["arn", "aws", "lambda", LambdaName.region, account], [account]]
        where parts.starts(with: prefix) { parts.removeFirst(prefix.count) }
        if parts.first == "function" { parts.removeFirst() }
        guard (1...2).contains(parts.count), parts.allSatisfy(Self.isName) else {
            guard text.hasPrefix("arn:aws:lambda:") else { throw InvokeError.invalidName(text) }
            throw InvokeError.notFound(text)
        }
        let versions = [parts.dropFirst().first, qualifier].compactMap { $0 }
        let function = all.first { $0.name == parts[0] }
        guard let function, versions.allSatisfy({ $0 == "$LATEST" }) else {
            let version = versions.first.map { ":\($0)" } ?? ""
            throw InvokeError.notFound(LambdaName.arn(of: parts[0]) + version)
        }
        return function
    }

    private static func isName(_ text: String) -> Bool {
        text == "$LATEST"
            || (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy(QueueAddress.isWordByte)
    }
}

extension LambdaFunctions.Function {
    /// What Lambda tells of a function.
    ///
    /// Its environment is left out, as it holds secrets; the hash is that of the file's name, size
    /// and time, and changes when it is built anew.
    var configuration: JSON {
        let attributes = try? FileManager.default.attributesOfItem(atPath: executable)
        let size = attributes?[.size] as? Int ?? 0
        let built = attributes?[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0)
        let time = Timestamp(milliseconds: Int64(built.timeIntervalSince1970 * 1000))
        let hash = Hash.sha256.digest(of: "\(executable) \(size) \(time)")
        return [
            "FunctionName": .string(name), "FunctionArn": .string(LambdaName.arn(of: name)),
            "Runtime": "provided.al2023", "Handler": "bootstrap",
            "Role": .string("arn:aws:iam::\(QueueAddress.account):role/local"),
            "CodeSize": .number(String(size)), "Description": .string(summary),
            "Timeout": .number(String(Int(timeout.rounded(.up)))),
            "MemorySize": .number(String(LambdaEnvironment.memory)),
            "LastModified": .string(time.description.dropLast() + "+0000"),
            "CodeSha256": .string(Base64.encode(hash)), "Version": "$LATEST",
            "PackageType": "Zip", "Architectures": ["x86_64"], "State": "Active",
            "LastUpdateStatus": "Successful", "EphemeralStorage": ["Size": 512],
            "TracingConfig": ["Mode": "PassThrough"],
        ]
    }
}

import FunctionRuntime
import NIOHTTP1

extension ChecksumAlgorithm {
    /// The checksum that a request gives in a header.
    ///
    /// - Throws: ``ObjectsError`` where there are several, or it is none.
    static func given(
        in headers: HTTPHeaders
    ) throws -> (algorithm: ChecksumAlgorithm, value: [UInt8])? {
        let found = allCases.filter { headers.contains(name: $0.header) }
        guard found.count <= 1 else {
            throw ObjectsError.invalidRequest(
                """
                Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.
                """)
        }
        guard let algorithm = found.first else { return nil }
        return (algorithm, try algorithm.decode(headers.first(name: algorithm.header) ?? ""))
    }

    /// The bytes of a checksum.
    func decode(_ text: String) throws -> [UInt8] {
        guard let bytes = Base64.decode(text), bytes.count == length else {
            throw ObjectsError.invalidRequest("Value for \(header) header is invalid.")
        }
        return bytes
    }

    /// The algorithm of a header such as `x-amz-checksum-algorithm`.
    static func named(_ text: String) throws -> ChecksumAlgorithm {
        guard let algorithm = ChecksumAlgorithm(rawValue: text.uppercased()) else {
            throw ObjectsError.invalidRequest(
                """
                Checksum algorithm provided is unsupported. Please try again with any of the valid \
                types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]
                """)
        }
        return algorithm
    }

    /// Sees to it that what an SDK says it computes is what it sends.
    static func requireAgreement(
        _ announced: String?, with given: ChecksumAlgorithm?
    ) throws {
        guard let announced else { return }
        let algorithm = try named(announced)
        guard let given else {
            throw ObjectsError.invalidRequest(
                """
                x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or \
                x-amz-trailer headers were found.
                """)
        }
        guard given == algorithm else {
            throw ObjectsError.invalidRequest(
                "Value for x-amz-sdk-checksum-algorithm header is invalid.")
        }
    }
}

import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// The runner's own addresses below `/_/`: what its commands ask of the copy that runs.
///
/// `/_/clock` is the part of the clock, and so on; each part is JSON in and JSON out. Who asks must
/// show the token of the state folder, so that only this machine's user may.
struct Administration: Service {
    /// What answers below one name.
    protocol Part: Sendable {
        /// The segment after `/_/`.
        var name: String { get }

        /// - Parameters:
        ///   - method: in capitals.
        ///   - path: the segments that follow the name, decoded.
        ///   - input: the body; null where there is none.
        /// - Returns: the answer's body.
        /// - Throws: ``Failure``, which the caller is shown, or anything else.
        func administer(_ method: String, _ path: [String], _ input: JSON) async throws -> JSON
    }

    let token: String
    let parts: [any Part]

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && head.path.hasPrefix("/_/") && head.path != "/_/health"
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        let authorization = request.headers.first(name: "authorization") ?? ""
        guard constantTimeEquals(authorization, "Bearer \(token)") else {
            throw Failure(
                401, "unauthorized", "This takes the admin token of the state folder.",
                headers: ["www-authenticate": "Bearer"])
        }
        let segments = PathSegments(Substring(request.path).utf8)?.segments.dropFirst() ?? []
        guard let name = segments.first, let part = parts.first(where: { $0.name == name }) else {
            throw Failure.notFound("Nothing is at \(request.path).")
        }
        let body = try await request.body.collect(upTo: 1 << 20)
        let input: JSON = body.readableBytes == 0 ? .null : try JSON(parsing: String(buffer: body))
        let output = try await part.administer(request.method, Array(segments.dropFirst()), input)
        return ServiceResponse(
            status: 200, type: "application/json",
            text: String(decoding: output.bytes, as: UTF8.self))
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        Self.failure(error)
    }

    /// The answer to what failed at any of the runner's own addresses.
    static func failure(_ error: any Error) -> ServiceFailure {
        let failure: Failure =
            switch error {
            case let failure as Failure: failure
            case let error as JSONError: .badRequest("The body is not JSON. \(error)")
            case ServiceBody.Problem.tooLarge:
                Failure(413, "content-too-large", "The body is too large.")
            default: Failure(500, "internal-error", "Something went wrong; the log says what.")
            }
        let json: JSON = ["code": .string(failure.code), "message": .string(failure.message)]
        var response = ServiceResponse(
            status: failure.status, type: "application/json",
            text: String(decoding: json.bytes, as: UTF8.self))
        for field in failure.headers.fields {
            response.headers.append((name: field.name, value: field.value))
        }
        return ServiceFailure(response: response, isInternal: failure.status == 500)
    }
}

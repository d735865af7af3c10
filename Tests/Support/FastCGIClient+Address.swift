@testable import LocalRunner

extension FastCGIClient {
    /// - Throws: ``TestError`` where nobody listens.
    convenience init(_ address: HTTPClient.Address) throws {
        self.init(on: try HTTPClient(address).connect())
    }
}

/// Why a test could not be carried out, as a sentence; it is shown as it is.
public struct TestError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

import FunctionRuntime

/// Why Lambda's API refuses a request: the name in the header `x-amzn-ErrorType`, and the words.
struct InvokeError: Error {
    var type: String
    var status: Int
    var message: String

    /// `Type` says whose fault it is; of the words' member both spellings occur, and SDKs read both.
    var json: JSON {
        [
            "Type": status < 500 ? "User" : "Service",
            type == "ResourceNotFoundException" ? "Message" : "message": .string(message),
        ]
    }
}

extension InvokeError {
    static func notFound(_ arn: String) -> InvokeError {
        InvokeError(
            type: "ResourceNotFoundException", status: 404, message: "Function not found: \(arn)")
    }

    static func invalidName(_ name: String) -> InvokeError {
        InvokeError(
            type: "ValidationException", status: 400,
            message: """
                1 validation error detected: Value '\(name)' at 'functionName' failed to satisfy \
                constraint: it must be a function's name, or its ARN in part or in full
                """)
    }

    static func invalidParameter(_ message: String) -> InvokeError {
        InvokeError(type: "InvalidParameterValueException", status: 400, message: message)
    }

    static func invalidContent(_ message: String) -> InvokeError {
        InvokeError(type: "InvalidRequestContentException", status: 400, message: message)
    }

    static let tooLarge = InvokeError(
        type: "RequestEntityTooLargeException", status: 413,
        message: """
            Request must be smaller than \(LambdaLimits.request) bytes for the InvokeFunction \
            operation
            """)

    static func tooLargeEvent(_ count: Int) -> InvokeError {
        InvokeError(
            type: "RequestEntityTooLargeException", status: 413,
            message: """
                \(count) byte payload is too large for the Event invocation type (limit \
                \(LambdaLimits.event) bytes)
                """)
    }

    static let overloaded = InvokeError(
        type: "TooManyRequestsException", status: 429, message: "Rate Exceeded.")

    static func service(_ message: String) -> InvokeError {
        InvokeError(type: "ServiceException", status: 500, message: message)
    }

    static func notEmulated(_ message: String) -> InvokeError {
        InvokeError(type: "NotImplementedException", status: 501, message: message)
    }

    /// AWS's front refuses signatures in the same words for all services.
    init(_ problem: SignatureProblem) {
        let front = QueueError(problem)
        self.init(type: front.type, status: front.status, message: front.message)
    }
}

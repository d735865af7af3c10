/// Why SQS refuses a request.
///
/// Each has a name in the JSON protocol, and one in the older query protocol, which SDKs still show
/// to their users: they read it from the header `x-amzn-query-error`.
struct QueueError: Error, Equatable {
    /// The shape's name, such as `QueueDoesNotExist`.
    var type: String
    /// The name in the query protocol.
    var code: String
    var status = 400
    var message: String
    /// The namespace that stands before the type.
    var namespace = service

    private static let service = "com.amazonaws.sqs"
    /// Whether it is SQS that refuses, and not AWS's front.
    var isOfService: Bool { namespace == Self.service }

    private init(_ type: String, _ code: String, _ message: String, status: Int = 400) {
        self.type = type
        self.code = code
        self.message = message
        self.status = status
    }

    /// One of those whose older name is the new one with the service's before it.
    private init(prefixed type: String, _ message: String, status: Int = 400) {
        self.init(type, "AWS.SimpleQueueService.\(type)", message, status: status)
    }
}

extension QueueError {
    static let queueDoesNotExist = QueueError(
        "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.")

    static func queueNameExists(differing attribute: String) -> QueueError {
        QueueError(
            "QueueNameExists", "QueueAlreadyExists",
            """
            A queue already exists with the same name and a different value for attribute \
            \(attribute)
            """)
    }

    static func invalidAddress(_ url: String) -> QueueError {
        QueueError(
            "InvalidAddress", "InvalidAddress",
            "The address \(url) is not valid for this endpoint.", status: 404)
    }

    static func unsupported(_ message: String) -> QueueError {
        QueueError(prefixed: "UnsupportedOperation", message)
    }

    static func invalidParameter(_ message: String) -> QueueError {
        QueueError("InvalidParameterValueException", "InvalidParameterValue", message)
    }

    static func invalidValue(
        _ value: some CustomStringConvertible, of parameter: String, _ reason: String
    ) -> QueueError {
        .invalidParameter(
            "Value \(value) for parameter \(parameter) is invalid. Reason: \(reason)")
    }

    static func missing(_ parameter: String) -> QueueError {
        QueueError(
            "MissingRequiredParameterException", "MissingParameter",
            "The request must contain the parameter \(parameter).")
    }

    static func invalidAttributeName(_ message: String) -> QueueError {
        QueueError("InvalidAttributeName", "InvalidAttributeName", message)
    }

    static func unknownAttribute(_ name: String) -> QueueError {
        .invalidAttributeName("Unknown Attribute \(name).")
    }

    static func invalidAttributeValue(_ name: String) -> QueueError {
        QueueError(
            "InvalidAttributeValue", "InvalidAttributeValue",
            "Invalid value for the parameter \(name).")
    }

    static func purgeInProgress(_ queue: String) -> QueueError {
        QueueError(
            prefixed: "PurgeQueueInProgress",
            "Only one PurgeQueue operation on \(queue) is allowed every 60 seconds.", status: 403)
    }

    static let overLimit = QueueError(
        "OverLimit", "OverLimit",
        """
        The queue has 120000 messages in flight, and cannot give more before some are deleted or \
        become visible again.
        """, status: 403)
}

extension QueueError {
    static let invalidContents = QueueError(
        "InvalidMessageContents", "InvalidMessageContents",
        """
        Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | \
        #xE000 to #xFFFD | #x10000 to #x10FFFF
        """)

    static func invalidHandle(_ handle: String) -> QueueError {
        QueueError(
            "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid",
            "The input receipt handle \"\(handle)\" is not a valid receipt handle.", status: 404)
    }

    static let notInFlight = QueueError(
        prefixed: "MessageNotInflight", "The specified message isn't in flight.")

    static func emptyBatch(of entry: String) -> QueueError {
        QueueError(
            prefixed: "EmptyBatchRequest",
            "There should be at least one \(entry) in the request.")
    }

    static func tooManyEntries(_ count: Int) -> QueueError {
        QueueError(
            prefixed: "TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10. You have sent \(count).")
    }

    static let invalidEntryID = QueueError(
        prefixed: "InvalidBatchEntryId",
        """
        A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can \
        be at most 80 letters long.
        """)

    static func repeatedEntryID(_ id: String) -> QueueError {
        QueueError(prefixed: "BatchEntryIdsNotDistinct", "Id \(id) repeated.")
    }

    static func batchTooLong(_ size: Int) -> QueueError {
        QueueError(
            prefixed: "BatchRequestTooLong",
            """
            Batch requests cannot be longer than \(QueueSettings.sizeLimit) bytes. You have sent \
            \(size) bytes.
            """)
    }

    /// Why a task fails that would move a message back which has come from no queue.
    static let noMessageSource = QueueError(
        "CouldNotDetermineMessageSource", "CouldNotDetermineMessageSource",
        "The message has not come from another queue.")

    static func noResource(_ message: String) -> QueueError {
        QueueError(
            "ResourceNotFoundException", "ResourceNotFoundException", message, status: 404)
    }
}

/// What AWS's front refuses before the service sees it.
extension QueueError {
    static func front(
        _ type: String, _ code: String, _ message: String, status: Int
    ) -> QueueError {
        var error = QueueError(type, code, message, status: status)
        error.namespace = "com.amazon.coral.service"
        return error
    }

    static func malformed(_ message: String) -> QueueError {
        front("SerializationException", "MalformedInput", message, status: 400)
    }

    static func unknownOperation(_ name: String) -> QueueError {
        front(
            "UnknownOperationException", "InvalidAction",
            "The action \(name) is not valid for this endpoint.", status: 400)
    }

    static let tooLarge = front(
        "RequestEntityTooLargeException", "RequestEntityTooLarge",
        "The request is longer than any that SQS takes.", status: 413)

    static let internalError = front(
        "InternalFailure", "InternalFailure",
        "Something went wrong here; the runner's log says what.", status: 500)
}

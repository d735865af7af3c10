/// What Lambda sets in the environment of every function.
enum LambdaEnvironment {
    /// In megabytes, Lambda's own default, and limited by nobody here.
    static let memory = 128

    static func variables(of mount: Mount, runtimeAPI: String) -> [String: String] {
        let folder = mount.executable.split(separator: "/").dropLast().joined(separator: "/")
        var variables = [
            "AWS_LAMBDA_RUNTIME_API": runtimeAPI,
            "AWS_LAMBDA_FUNCTION_NAME": mount.lambdaName,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(mount.lambdaName)",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
            "LAMBDA_TASK_ROOT": "/\(folder)",
            "_HANDLER": "bootstrap",
        ]
        // Functions that use AWS have a region already.
        if mount.environment["AWS_REGION"] == nil {
            variables["AWS_REGION"] = LambdaName.region
            variables["AWS_DEFAULT_REGION"] = LambdaName.region
        }
        return variables
    }
}

extension LambdaTemplate {
    /// What whoever deploys must know.
    var readMe: String {
        """
        # \(bundle.parts.map(\.app.name).joined(separator: ", ")) for AWS Lambda

        | | |
        |---|---|
        | `template.yaml` | AWS SAM: functions, HTTP APIs, schedules, queues, buckets, roles; \(resourceCount) resources |
        | `functions/` | an archive for each function |
        | `layer.zip` | the loader, the libraries and the certificates of all, which Lambda has at `/opt` |
        | `schema/` | the databases' migrations; apply them in order, as an owner who is not whom functions connect as |

            sam deploy --guided --capabilities CAPABILITY_IAM

        asks for the parameters: addresses and secrets, which are in no file here. Certificates of databases are verified with
        `?sslmode=verify-full&sslrootcert=\(LambdaTarget.certificates)` in their address, or with a bundle of their vendor's.

        Queues and buckets outlive the stack. A message that failed comes again after \(HostTraits.visibilitySeconds) seconds, and
        goes to the queue of dead letters in the end. `local-runner doctor --target lambda` lists what else differs.

        """
    }
}

import FunctionRuntime

/// OpenFaaS: a stack file, a template for `faas-cli`, and a build context a function.
///
/// of-watchdog runs a process for each request (`mode: serializing`): of its modes the one in which a
/// function that fails is a 500.
struct OpenFaaSTarget: PackageTarget {
    /// What of-watchdog is taken from.
    private static let watchdog = "ghcr.io/openfaas/of-watchdog:0.9.15"

    func warnings(about bundle: PackageBundle) -> [String] {
        [
            "Status and fields of answers are not passed on; doctor --target openfaas lists what that means."
        ]
    }

    func files(of bundle: PackageBundle) throws -> [PackageFile] {
        let stack = OpenFaaSStack(
            bundle: bundle, libraries: SharedLibraries(processes: bundle.processes))
        let executables = bundle.functions.map { app, function in
            PackageFile(
                path: "functions/\(Self.name(of: function, in: app))/function",
                content: .file(function.executable), mode: 0o755)
        }
        let texts = [
            ("stack.yml", try stack.text), ("README.md", stack.readMe),
            ("template/apus/template.yml", Self.template),
            ("template/apus/Dockerfile", Self.dockerfile),
        ].map { PackageFile(path: $0, content: .text($1)) }
        let start = PackageFile(
            path: "template/apus/start", content: .text(Self.start), mode: 0o755)
        return try executables + texts + [start]
            + bundle.parts.flatMap { try PackageFile.schema(of: $0.app) }
    }

    /// The name that a function has there, as names of hosts are written: `brainstorm-list-news`.
    static func name(of function: Catalog.Function, in app: App) -> String {
        var name = app.name.lowercased()
        var isAfterSmall = true
        for character in function.name {
            if character.isUppercase, isAfterSmall { name += "-" }
            isAfterSmall = !character.isUppercase
            name += character.lowercased()
        }
        return name
    }

    private static let template = """
        language: apus
        fprocess: /home/app/function

        """

    /// Debian 12, as what functions were linked with; `PACKAGES` are the libraries of one function.
    private static let dockerfile = """
        FROM \(watchdog) AS watchdog

        FROM debian:12-slim
        ARG PACKAGES=""
        RUN apt-get update \\
            && apt-get install -y --no-install-recommends ca-certificates ${PACKAGES} \\
            && rm -rf /var/lib/apt/lists/* \\
            && useradd --system --create-home app
        COPY --from=watchdog /fwatchdog /usr/bin/fwatchdog
        COPY start /usr/bin/start
        COPY function/function /home/app/function
        USER app
        WORKDIR /home/app
        ENV mode="serializing" fprocess="/home/app/function"
        ENV read_timeout="\(HostTraits.seconds + 5)s" write_timeout="\(HostTraits.seconds + 5)s" exec_timeout="\(HostTraits.seconds)s"
        HEALTHCHECK --interval=5s CMD [ -e /tmp/.lock ] || exit 1
        CMD ["start"]

        """

    /// OpenFaaS has secrets as files, and functions read variables.
    ///
    /// `brainstorm-database-url` becomes `DATABASE_URL`, once, when a container starts.
    private static let start = """
        #!/bin/sh
        # Makes variables of the secrets, and starts the watchdog.
        set -eu
        for file in /var/openfaas/secrets/*; do
            [ -f "$file" ] || continue
            name=${file##*/}
            name=$(printf %s "${name#*-}" | tr a-z- A-Z_)
            export "$name=$(cat "$file")"
        done
        exec fwatchdog

        """
}

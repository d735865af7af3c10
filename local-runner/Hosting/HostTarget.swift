import ArgumentParser

/// A host for which functions are packaged, and of which the doctor says what it does otherwise.
enum HostTarget: String, CaseIterable, Sendable, ExpressibleByArgument {
    case cgi, fastcgi, lambda, openfaas, systemd

    /// What it is, for people.
    var title: String {
        switch self {
        case .cgi: "a web server with CGI"
        case .fastcgi: "a web server with FastCGI"
        case .lambda: "AWS Lambda behind an HTTP API"
        case .openfaas: "OpenFaaS"
        case .systemd: "systemd, behind a web server with FastCGI"
        }
    }
}

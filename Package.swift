// swift-tools-version: 6.2
import PackageDescription

/// An app: the library that its functions share, and one executable a function.
///
/// A row is one noun, and reads as that resource's life.
struct App {
    var name: String
    /// What every function of the app links; a library that only some need stands in `extra`.
    var uses: [Target.Dependency]
    var extra: [String: [Target.Dependency]] = [:]
    var folder: String?
    /// Whether it has code that several functions need, in `Shared/`.
    var isShared = true
    /// Code that only some functions need, as it links more: a folder's name, which with the app's
    /// makes the module's (`BrainstormLive`), and what it links beside what all do.
    var parts: [String: [Target.Dependency]] = [:]
    var functions: [String]

    var path: String { folder ?? "Functions/\(name)" }
}

/// What functions of Brainstorm link that show live what they change.
let live: [Target.Dependency] = [
    "BrainstormLive", "FunctionCache", "FunctionHTTP", "FunctionRealtime",
]

let apps = [
    App(
        name: "Brainstorm",
        uses: ["FunctionRuntime", "FunctionPostgres", "FunctionCrypto"],
        extra: [
            "SignUp": ["FunctionPasswords", "FunctionCache"],
            "SignUpWithEmail": ["FunctionPasswords", "FunctionCache"],
            "SignIn": ["BrainstormAccounts", "FunctionCache"],
            "SignInWithEmail": ["BrainstormAccounts", "FunctionCache"],
            "ChangePassword": ["FunctionPasswords"] + live,
            "UpdateProfile": ["FunctionCache"],
            "DeactivateParticipant": live, "ResetGame": live,
            "ResetParticipantPassword": ["FunctionPasswords"] + live,
            "SignOut": ["FunctionCache"], "ShowSession": ["FunctionCache"],
            "CreateParticipant": ["FunctionPasswords"],
            "UpdateParticipant": ["FunctionPasswords"] + live,
            "DeleteParticipant": ["FunctionCache"], "CheckHealth": ["FunctionCache"],
            "RequestPasswordReset": ["FunctionCache", "FunctionHTTP"],
            "ResetPassword": ["FunctionPasswords"] + live,
            "SendMails": ["FunctionHTTP"],
            "ImportParticipants": ["FunctionPasswords", "FunctionHTTP", "BrainstormFiles"],
            "ContinueImport": ["FunctionPasswords", "FunctionHTTP"],
            "ShowImportTemplate": ["BrainstormFiles"], "ExportParticipants": ["BrainstormFiles"],
            "SetPrice": live, "SetPrices": ["BrainstormFiles"] + live,
            "CreateNews": live, "UpdateNews": live, "CreateCompany": live, "UpdateCompany": live,
            "PlaceOrder": live,
            "StreamEvents": live, "OpenSocket": live, "RingBell": live,
            "RevokeOverlayTokens": live, "ShowSnapshot": live,
            "PublishNews": live, "RefreshLeaderboard": live, "CloseMarket": live,
            "RelayEvents": live,
        ],
        parts: [
            "Accounts": ["FunctionPasswords"],
            "Files": ["FunctionTables"],
            "Live": ["FunctionCache", "FunctionHTTP", "FunctionRealtime"],
        ],
        functions: [
            "SignUp", "SignIn", "SignOut", "ShowSession", "ExpireSessions",
            "SignUpWithEmail", "SignInWithEmail",
            "RequestPasswordReset", "OpenPasswordReset", "ResetPassword", "SendMails",
            "ChangePassword", "UpdateProfile", "ShowPreferences", "UpdatePreferences",
            "ListNewsForAdmin", "CreateNews", "ShowNewsForAdmin", "UpdateNews", "DeleteNews",
            "ListCompaniesForAdmin", "CreateCompany", "ShowCompanyForAdmin", "UpdateCompany",
            "DeleteCompany", "SetPrice", "SetPrices",
            "ListParticipants", "CreateParticipant", "ShowParticipant", "UpdateParticipant",
            "DeleteParticipant",
            "ImportParticipants", "ContinueImport", "ShowImport", "ShowImportTemplate",
            "ExportParticipants",
            "DeactivateParticipant", "ResetParticipantPassword",
            "ListTransactionsForAdmin", "CreateTransaction", "ShowTransactionForAdmin",
            "UpdateTransaction", "DeleteTransaction",
            "ListNews", "ShowNews", "PurchaseNews",
            "ListCompanies", "ShowCompany", "ListPrices",
            "ShowPortfolio", "ListPortfolioValues",
            "PlaceOrder", "ListTransactions", "ShowTransaction",
            "ShowLeaderboard", "ShowMarket",
            "ShowLeaderboardForAdmin", "ShowMarketForAdmin", "UpdateMarket", "ResetGame",
            "ListAudit",
            "StreamEvents", "OpenSocket", "RingBell", "ShowOverlayToken", "RevokeOverlayTokens",
            "ShowSnapshot", "ShowOverlay",
            "PublishNews", "RefreshLeaderboard", "CloseMarket", "SnapshotPortfolios", "RelayEvents",
            "CheckHealth", "ShowMetrics",
        ]),
    App(
        name: "Probes",
        uses: ["FunctionRuntime"],
        extra: [
            "Fetch": ["FunctionHTTP"], "EchoMessages": ["FunctionRealtime"],
            "HoldStream": ["FunctionRealtime"], "HoldResponse": ["FunctionRealtime"],
            "Recall": ["FunctionRealtime"], "ShowProxied": ["FunctionRealtime"],
            "Publish": ["FunctionHTTP"], "Tabulate": ["FunctionTables"],
        ],
        folder: "Tests/Probes",
        isShared: false,
        functions: [
            "Crash", "Echo", "Exit", "Garbage", "Inject", "Large", "Mirror", "Print",
            "ReflectRequest", "ShowRequest", "Shout", "Sleep",
            "Collapse", "Doze", "Tick",
            "Collect", "Fetch",
            "EchoMessages", "AnswerEvents", "HoldStream", "HoldResponse", "Recall", "ShowProxied",
            "Publish", "Tabulate",
        ]),
]

/// How a release build of an app's functions is linked.
///
/// A function that needs no shared C library starts in half a millisecond when it is wholly static;
/// `--static-swift-stdlib` on the command line covers the others. They would still load the shared
/// libstdc++ for Swift's own runtime, whose relocations take a millisecond of each start; so they
/// get the static one, and export nothing (each symbol of each library is looked for there first).
///
/// An output file that the linker maps lies in the page cache in single pages, and each is faulted
/// in by itself: written as other files are, it starts in two thirds of the time, until the cache
/// has dropped it once.
func releaseFlags(_ app: App, _ function: String) -> [String] {
    let isStatic = app.uses.count == 1 && app.extra[function] == nil
    let loading = [
        "-L\(Context.packageDirectory)/Runtime/CLibraries/Static", "-Xclang-linker",
        "-static-libgcc", "-Xlinker", "--no-export-dynamic",
    ]
    return (isStatic ? ["-static-executable"] : loading) + ["-Xlinker", "--no-mmap-output-file"]
}

let package = Package(
    name: "Apus",
    products: [.executable(name: "local-runner", targets: ["LocalRunner"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .target(name: "FunctionRuntime", dependencies: ["CSockets"], path: "Runtime/Core"),
        .target(
            name: "FunctionPostgres", dependencies: ["FunctionRuntime", "CPostgres"],
            path: "Runtime/Postgres"),
        .target(
            name: "FunctionCrypto", dependencies: ["FunctionRuntime", "COpenSSL"],
            path: "Runtime/Crypto"),
        .target(
            name: "FunctionRealtime", dependencies: ["FunctionRuntime", "FunctionCrypto"],
            path: "Runtime/Realtime"),
        .target(
            name: "FunctionHTTP",
            dependencies: ["FunctionRuntime", "FunctionCrypto", "FunctionRealtime", "CCurl"],
            path: "Runtime/HTTP"),
        .target(
            name: "FunctionPasswords",
            dependencies: ["FunctionRuntime", "FunctionCrypto", "CArgon2", "CCrypt"],
            path: "Runtime/Passwords"),
        .target(
            name: "FunctionCache", dependencies: ["FunctionRuntime", "CHiredis"],
            path: "Runtime/Cache"),
        .target(name: "ZipFiles", dependencies: ["CZip"], path: "Runtime/ZipFiles"),
        .target(
            name: "FunctionTables", dependencies: ["FunctionRuntime", "ZipFiles", "CXML", "CZip"],
            path: "Runtime/Tables"),
        .executableTarget(
            name: "LocalRunner",
            dependencies: [
                "FunctionRuntime", "FunctionPostgres", "FunctionCrypto", "FunctionHTTP",
                "FunctionCache", "FunctionRealtime", "CChecksum", "CLinux", "ZipFiles",
                "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            path: "local-runner", exclude: ["README.md", "install", "up"]),
        .testTarget(
            name: "TestSupport", dependencies: ["FunctionRuntime", "LocalRunner"],
            path: "Tests/Support"),
    ]
)

/// The libraries in C; libxml2's headers lie in a folder of their own, which pkg-config knows.
for library in [
    "CPostgres", "COpenSSL", "CCurl", "CHiredis", "CArgon2", "CCrypt", "CChecksum", "CLinux",
    "CSockets", "CXML", "CZip",
] {
    package.targets.append(
        .systemLibrary(
            name: library, path: "Runtime/CLibraries/\(library)",
            pkgConfig: library == "CXML" ? "libxml-2.0" : nil))
}

for app in apps {
    if app.isShared {
        package.targets.append(
            .target(name: app.name, dependencies: app.uses, path: "\(app.path)/Shared"))
    }
    package.targets += app.parts.map { part, uses in
        .target(
            name: app.name + part, dependencies: app.uses + [.target(name: app.name)] + uses,
            path: "\(app.path)/\(part)")
    }
    let shared: [Target.Dependency] = app.isShared ? [.target(name: app.name)] : []
    package.targets += app.functions.map { function in
        .executableTarget(
            name: app.name + function,
            dependencies: app.uses + shared + (app.extra[function] ?? []),
            path: "\(app.path)/\(function)",
            linkerSettings: [
                .unsafeFlags(releaseFlags(app, function), .when(configuration: .release))
            ])
    }
}

/// Every function and nothing else, to be built with one command: `swift build --target Every`.
///
/// To depend on an executable is to have it linked.
package.targets.append(
    .target(
        name: "Every",
        dependencies: apps.flatMap { app in app.functions.map { .target(name: app.name + $0) } },
        path: "Functions/Every"))

let suites: [(name: String, uses: [Target.Dependency])] = [
    (
        "RuntimeTests",
        [
            "FunctionRuntime", "FunctionPostgres", "FunctionCrypto", "FunctionPasswords",
            "FunctionHTTP", "FunctionRealtime", "LocalRunner",
        ]
    ),
    ("PostgresTests", ["FunctionRuntime", "FunctionPostgres"]),
    ("BindingTests", ["FunctionRuntime", "FunctionHTTP", "FunctionCrypto", "LocalRunner"]),
    ("ObjectsTests", ["FunctionRuntime", "FunctionCrypto", "FunctionHTTP", "LocalRunner"]),
    ("CacheTests", ["FunctionRuntime", "FunctionCache", "LocalRunner"]),
    ("QueuesTests", ["FunctionRuntime", "FunctionHTTP", "LocalRunner"]),
    ("FixtureTests", ["FunctionRuntime", "LocalRunner"]),
    ("RunnerTests", ["FunctionRuntime", "LocalRunner"]),
    (
        "RealtimeTests",
        [
            "FunctionRuntime", "FunctionRealtime", "FunctionHTTP", "FunctionCrypto", "LocalRunner",
        ]
    ),
    ("ConformanceTests", ["FunctionRuntime", "LocalRunner"]),
    (
        "StateTests",
        [
            "FunctionRuntime", "FunctionPostgres", "FunctionCrypto", "FunctionCache", "LocalRunner",
        ]
    ),
    ("ClientTests", ["FunctionRuntime", "LocalRunner"]),
    ("TablesTests", ["FunctionRuntime", "FunctionTables", "ZipFiles"]),
    ("PackageTests", ["FunctionRuntime", "LocalRunner", "Yams"]),
    (
        "BrainstormTests",
        [
            "FunctionRuntime", "FunctionPostgres", "FunctionHTTP", "FunctionCrypto", "LocalRunner",
            "Brainstorm",
        ]
    ),
]

for suite in suites {
    package.targets.append(
        .testTarget(
            name: suite.name, dependencies: suite.uses + ["TestSupport"],
            path: "Tests/\(suite.name)"))
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}

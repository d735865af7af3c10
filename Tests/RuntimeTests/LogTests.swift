import Testing

@testable import FunctionRuntime

@Suite struct LogTests {
    @Test func `is one line of JSON with time, level, message and fields`() {
        let line = Log.line(
            .warning, "Two\nlines", ["order": "7", "é": "\""], at: Timestamp(microseconds: 0))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"Two\nlines","#
                + #""order":"7","é":"\""}"#)
    }

    @Test(arguments: [
        "password", "newPassword", "PASSWORD_HASH", "secret", "clientSecret", "token",
        "access_token",
        "Authorization", "cookie", "Set-Cookie", "apiKey", "API_KEY", "x-api-key", "privateKey",
        "credentials",
        "signature", "passphrase", "DATABASE_URL",
    ])
    func `writes no field that is named like a secret`(name: String) throws {
        let line = Log.line(
            .info, "m", KeyValuePairs(dictionaryLiteral: (name, "hunter2")),
            at: Timestamp(microseconds: 0))
        let text = String(decoding: line, as: UTF8.self)
        #expect(!text.contains("hunter2"))
        #expect(text.contains("<redacted>"))
    }

    @Test(arguments: ["account", "passes", "key", "order"])
    func `writes other fields`(name: String) {
        let line = Log.line(
            .info, "m", KeyValuePairs(dictionaryLiteral: (name, "plain")),
            at: Timestamp(microseconds: 0))
        #expect(String(decoding: line, as: UTF8.self).contains("plain"))
    }
}

import Testing

@testable import FunctionRuntime

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1),
            ("2000-02-29T12:00:00Z", 951_825_600_000_000),
            ("2026-11-21T03:08:53.120Z", 1_795_230_533_120_000),
            ("2024-12-31T23:59:59.5Z", 1_735_689_599_500_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            ("1900-03-01T00:00:00Z", -2_203_891_200_000_000),
            // Offsets, as RFC 3339 and as PostgreSQL has them.
            ("2026-11-21T05:08:53.12+02:00", 1_795_230_533_120_000),
            ("2026-11-20T21:38:53.12-0530", 1_795_230_533_120_000),
            ("2026-11-21 03:08:53.12+00", 1_795_230_533_120_000),
            ("2026-11-21t03:08:53.12z", 1_795_230_533_120_000),
            ("2026-11-21T03:08:53.123456789Z", 1_795_230_533_123_456),
        ] as [(String, Int64)])
    func `reads RFC 3339 and PostgreSQL's form`(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T03:08:53", "2026-11-21T03:08Z", "2026-11-21T3:08:53Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+1", "now",
        "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z", "-2026-01-01T00:00:00Z", "infinity",
        "20260-01-01T00:00:00Z", "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00+01:00:00",
        "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00 +01:00", "2026/01/01T00:00:00Z",
    ])
    func `refuses what names no moment`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `writes milliseconds or microseconds in UTC`() {
        let moment = Timestamp(microseconds: 1_795_230_533_120_456)
        #expect(moment.description == "2026-11-21T03:08:53.120Z")
        #expect(moment.text(fraction: 6) == "2026-11-21T03:08:53.120456Z")
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(microseconds: -1).milliseconds == -1)
        #expect(Timestamp(milliseconds: 5).microseconds == 5000)
    }

    @Test func `comes back from its own text, on every day of 800 years`() {
        let start = Timestamp("1601-01-01T23:59:59.999999Z")?.microseconds ?? 0
        for day in 0..<Int64(292_194) {
            let moment = Timestamp(microseconds: start + day * 86_400_000_000)
            guard Timestamp(moment.text(fraction: 6)) != moment else { continue }
            Issue.record("\(moment) does not come back.")
            return
        }
    }

    @Test(arguments: [Int64.min, .min + 1, -62_167_219_200_000_001, 253_402_300_800_000_000, .max])
    func `has some text for the farthest moments`(microseconds: Int64) {
        let text = Timestamp(microseconds: microseconds).description
        #expect(text.hasSuffix("Z"))
        #expect(text.utf8.count >= 24)
        #expect(text.hasPrefix("-") == (microseconds < -62_167_219_200_000_000))
    }

    @Test func `reads epoch milliseconds up to the year 9999`() {
        #expect(Timestamp.read(milliseconds: "0")?.microseconds == 0)
        #expect(
            Timestamp.read(milliseconds: "253402300799999")?.description
                == "9999-12-31T23:59:59.999Z")
        for text in ["253402300800000", "-1", "1e3", "", "x", "9223372036854775807"] {
            #expect(Timestamp.read(milliseconds: text) == nil)
        }
    }

    @Test func `moves by seconds and compares`() {
        let moment = Timestamp(milliseconds: 1_795_251_600_000)
        #expect(moment.advanced(seconds: -3600).description == "2026-11-21T08:00:00.000Z")
        #expect(moment < moment.advanced(seconds: 1))
    }
}

import Testing

@testable import FunctionRuntime

/// Three groups as in the public JSONTestSuite: what RFC 8259 has a parser accept, what it has it
/// refuse, and what it leaves open, where the choice made here is written down.
@Suite struct JSONParserTests {
    private static func parse(_ text: String) throws -> JSON { try JSON(parsing: text) }

    @Test(arguments: [
        // Arrays
        "[]", "[ ]", "[[]]", "[[]   ]", "[\"\"]", "[null]", "[false]", "[true]", "[1\n]", " [1]",
        "[1,null,null,null,2]", "[2] ", "[null, 1, \"1\", {}]", "[[[[[]]]]]",
        // Numbers
        "[0]", "[-0]", "[0e+1]", "[0e1]", "[20e1]", "[-0.000000000000000000000000000001]", "[-123]",
        "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]",
        "[123.456789]", "[ 4]", "[0.1]", "[100000000000000000000000]",
        // Objects
        "{}", "{ }", "{\"\":0}", "{\"a\":[]}", "{\"a\":\"b\",\"a\":\"c\"}",
        "{\"a\":\"b\",\"a\":\"b\"}",
        "{\"foo\\u0000bar\": 42}", "{\"min\": -1.0e+28, \"max\": 1.0e+28}", "{\n\"a\": \"b\"\n}",
        "{\"a\":{\"b\":{\"c\":[{\"d\":null}]}}}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"a\\nb\":1}",
        // Strings
        "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\ud801\\udc37\"]", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
        "[\"\\\\u0000\"]", "[\"\\\"\"]", "[\"a/*b*/c/*d//e\"]", "[\"\\\\a\"]", "[\"\\\\n\"]",
        "[\"asd \"]",
        "[\"\\u0012\"]", "[\"\\uFFFF\"]", "[\"\\uDBFF\\uDFFF\"]", "[\"new\\u00A0line\"]",
        "[\"\u{10FFFF}\"]",
        "[\"\u{FFFF}\"]", "[\"\\u0000\"]", "[\"\\u002c\"]", "[\"π\"]", "[\"\u{1BFFF}\"]",
        "[\"asd\"]",
        "\" \"", "[\"\\uD834\\uDd1e\"]", "[\"\u{2028}\u{2029}\"]", "[\"\\u0821\"]", "[\"\u{7F}\"]",
        "[\"\\u0061\\u30af\"]",
        "[\"\\uA66D\"]", "[\"\\u005C\"]", "[\"⍂㈴⍂\"]", "[\"\\u200B\"]", "[\"\\u2064\"]", "[\"€𝄞\"]",
        "[\"a\u{7F}a\"]",
        // Structure
        "false", "42", "-0.1", "null", "\"asd\"", "true", "\"\"", "[true]\n", " [] ", "\t[\r\n]",
    ])
    func `accepts what is JSON`(text: String) {
        #expect(throws: Never.self) { try Self.parse(text) }
    }

    @Test(arguments: [
        // Arrays
        "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]",
        "[\"x\"",
        "[x", "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[*]",
        "[\"\"",
        "[1,", "[1,\n1\n,1", "[{}", "[1}", "[\"a\" \"b\"]",
        // Literals
        "[fals]", "[nul]", "[tru]", "[True]", "[NULL]", "tru", "nullx", "[truefalse]", "True",
        // Numbers
        "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]",
        "[0.1.2]",
        "[0.3e+]", "[0.3e]", "[0.e1]", "[0E+]", "[0E]", "[0e+]", "[0e]", "[1.0e+]", "[1.0e-]",
        "[1.0e]",
        "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]", "[NaN]", "[１]",
        "[1+2]",
        "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]", "[-foo]",
        "[- 1]",
        "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]",
        "[1.8011670033376514H-308]",
        "[012]", "[00]", "01", "1e", "-",
        // Objects
        "[\"x\", truth]", "{[: \"x\"}\n", "{\"x\", null}", "{\"x\"::\"b\"}", "{🇨🇭}",
        "{\"a\":\"a\" 123}",
        "{key: 'value'}", "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}",
        "{9999E9999:1}", "{null:null,null:null}", "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}",
        "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}/**//", "{\"a\":\"b\"}//", "{\"a\":\"b\"}/",
        "{\"a\":\"b\",,\"c\":\"d\"}",
        "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}#", "{", "{]",
        "{,",
        "{\"a\":1]", "{\"a\" : 1 ; \"b\" : 2}",
        // Strings
        "[\"\\uD800\\\"]", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[é]",
        "[\"\\x00\"]",
        "[\"\\\\\\\"]", "[\"\\\t\"]", "[\"\\🌀\"]", "[\"\\\"]", "[\"\\u00A\"]", "[\"\\uD834\\uDd\"]",
        "[\"\\uD800\\uD800\\x\"]", "[\"\\a\"]", "[\"\\uqqqq\"]", "[\\u0020\"asd\"]", "[\\n]", "\"",
        "['single quote']",
        "abc", "[\"\\", "[\"a\u{0}a\"]", "[\"new\nline\"]", "[\"\t\"]", "\"\\UA66D\"", "\"\"x",
        "[\"\u{1F}\"]",
        "[\"\\u００41\"]", "[\"\\u-041\"]", "[\"\\u 041\"]",
        // Structure
        "", " ", "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]", "aå", "[True]", "1]",
        "{\"x\": true,", "[][]",
        "]", "\u{FEFF}{}", "å", "[", "2@", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}",
        "{\"a\": true} \"x\"", "['",
        "[\"a", "[,", "[{", "[\"a\"", "{'a'", "{\"", "*", "{\"a\":\"b\"}#{}", "[\\u000A\"\"]", "[1",
        "[ false, nul",
        "[ true, fals", "{\"asd\":\"asd\"", "[\u{C}]", "[\u{2060}]", "\u{A0}[]", "[\u{B}1]",
        "//\n1", "1 2", "{} {}",
    ])
    func `refuses what is not JSON`(text: String) {
        #expect(throws: JSONError.self) { try Self.parse(text) }
    }

    /// What RFC 8259 leaves open.
    ///
    /// Texts of numbers are kept, so none is too large or too exact;
    /// a lone surrogate could never be written again, and is refused.
    @Test(arguments: [
        ("[123.456e-789]", true), ("[0.4e0066999999999999999999999999999999999999999999999]", true),
        ("[-1e+9999]", true), ("[1.5e+9999]", true), ("[-123123123123123123123123123123]", true),
        ("[100000000000000000000]", true),
        ("[-237462374673276894279832749832423479823246327846]", true),
        ("{\"\\uDFAA\":0}", false), ("[\"\\uDADA\"]", false), ("[\"\\uD888\\u1234\"]", false),
        ("[\"\\uD800\\n\"]", false), ("[\"\\uDd1ea\"]", false), ("[\"\\uD800\\uD800\\n\"]", false),
        ("[\"\\ud800\"]", false), ("[\"\\ud800abc\"]", false), ("[\"\\uDd1e\\uD834\"]", false),
        ("[\"\\uDFAA\"]", false),
    ])
    func `decides what the standard leaves open`(text: String, isAccepted: Bool) {
        #expect(((try? Self.parse(text)) != nil) == isAccepted)
    }

    @Test(
        arguments: [
            [0x5B, 0x22, 0xE9, 0x22, 0x5D], [0x5B, 0x22, 0xFF, 0x22, 0x5D], [0xE5],
            // Overlong, surrogate in UTF-8, beyond U+10FFFF, cut off, UTF-16 with its mark.
            [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22],
            [0x22, 0xE0, 0xFF, 0x22], [0x22, 0x81, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0x00, 0x5B, 0x00, 0x5D],
            [0xEF, 0xBB, 0x7B, 0x7D],
            [0x22, 0x5C, 0x75, 0x30, 0x30, 0x34, 0xE9, 0x22], [0x22, 0x5C, 0xE9, 0x22],
            [0x5B, 0x31, 0xE9, 0x5D],
        ] as [[UInt8]])
    func `refuses what is not UTF-8`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test func `takes 256 levels and no more`() throws {
        let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(throws: Never.self) { try JSON(parsing: deep) }
        let mixed = String(repeating: "{\"a\":[", count: 128) + String(repeating: "]}", count: 128)
        #expect(throws: Never.self) { try JSON(parsing: mixed) }
        #expect(throws: JSONError(problem: "values are nested more than 256 deep", offset: 256)) {
            try JSON(parsing: "[" + deep + "]")
        }
        #expect(throws: JSONError.self) {
            try JSON(parsing: String(repeating: "[{\"\":", count: 100_000))
        }
    }

    @Test func `keeps digits, order and repeated names`() throws {
        let value = try JSON(parsing: #"{"b":1.10,"a":-0.0E+1,"b":[true,null,"x"]}"#)
        #expect(
            value
                == .object([
                    .init("b", .number("1.10")), .init("a", .number("-0.0E+1")),
                    .init("b", [true, nil, "x"]),
                ]))
        #expect(value["b"] == [true, nil, "x"])
        #expect(value["c"] == nil)
        #expect(JSON.array([])["a"] == nil)
    }

    @Test func `resolves every escape`() throws {
        let text = #""\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E\u0000é""#
        #expect(try JSON(parsing: text).text == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1D11E}\u{0}é")
    }

    @Test(arguments: [
        ("", "At byte 0: the text ends too early."),
        (#"{"a" 1}"#, "At byte 5: a colon was expected after the name \"a\"."),
        (#"{a: 1}"#, "At byte 1: a member's name in quotes was expected."),
        ("[1 2]", "At byte 3: a comma or \"]\" was expected."),
        (#"{"a":1 "b":2}"#, "At byte 7: a comma or \"}\" was expected."),
        ("[1,]", "At byte 3: a value was expected."),
        ("tru", "At byte 0: true was expected."),
        ("{} {}", "At byte 3: nothing was expected after the value."),
        (#""abc"#, "At byte 4: the text ends within a string."),
        (#""\q""#, "At byte 1: there is no such escape in a string."),
        (#""\u12g4""#, "At byte 5: four hexadecimal digits were expected."),
        (#""\ud800""#, "At byte 7: a surrogate stands without its other half."),
        ("\"\u{1}\"", "At byte 1: a control character in a string must be escaped."),
    ])
    func `says where and what is wrong`(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        "null", "true", "-1.50e3", #""\"\\\n\u0001é𝄞""#, "[]", "[[],{}]",
        #"{"a":[1,{"b":null}],"":""}"#,
    ])
    func `writes what it has read`(text: String) throws {
        let value = try JSON(parsing: text)
        #expect(String(decoding: value.bytes, as: UTF8.self) == text)
    }

    @Test func `escapes what must be escaped and nothing else`() {
        let value = JSON.string("\"\\/\u{0}\u{8}\u{C}\n\r\t\u{1F}\u{7F}é\u{2028}")
        #expect(
            String(decoding: value.bytes, as: UTF8.self)
                == #""\"\\/\u0000\u0008\u000c\n\r\t\u001f"# + "\u{7F}é\u{2028}\"")
    }
}

import Testing

@testable import FunctionRuntime

@Suite struct JSONFrameTests {
    /// Gives a text out in pieces, as reads of a pipe would.
    private static func values(in text: String, pieces: [Int]) -> [String] {
        let bytes = Array(text.utf8)
        var input: [UInt8] = []
        var frame = JSONFrame()
        var values: [String] = []
        var position = 0
        for end in pieces + [bytes.count, bytes.count] {
            input += bytes[position..<end]
            let isLast = position == bytes.count
            position = end
            while let range = frame.next(in: input, isLast: isLast) {
                values.append(String(decoding: input[range], as: UTF8.self))
            }
            frame.discardConsumed(from: &input)
        }
        return values
    }

    private static let stream = #"""
        {"a":"x\"}]"} {"b":[{}, {"c":"\\"}]}
        {
          "d": "{[",
          "e": 1
        }[1,[2]]
        not JSON { " [
        {"é":"𝄞"}
        """#

    private static let parts = [
        #"{"a":"x\"}]"}"#, #"{"b":[{}, {"c":"\\"}]}"#, "{\n  \"d\": \"{[\",\n  \"e\": 1\n}",
        "[1,[2]]", "not JSON { \" [\n", #"{"é":"𝄞"}"#,
    ]

    @Test func `finds every value of one piece`() {
        #expect(Self.values(in: Self.stream, pieces: []) == Self.parts)
    }

    @Test(arguments: 0...Self.stream.utf8.count)
    func `finds the same values wherever a piece ends`(position: Int) {
        #expect(Self.values(in: Self.stream, pieces: [position]) == Self.parts)
    }

    @Test func `finds the same values byte by byte`() {
        let pieces = Array(0..<Self.stream.utf8.count)
        #expect(Self.values(in: Self.stream, pieces: pieces) == Self.parts)
    }

    @Test func `ends what is no object or array with its line`() {
        #expect(
            Self.values(in: "}}\n]\nabc {\n\"x\" {}\n5\n{}", pieces: [])
                == ["}}\n", "]\n", "abc {\n", "\"x\" {}\n", "5\n", "{}"])
    }

    @Test func `gives out at the end what was cut off`() {
        #expect(Self.values(in: #"{"a":"#, pieces: []) == [#"{"a":"#])
        #expect(Self.values(in: "{} x", pieces: []) == ["{}", "x"])
    }

    @Test func `finds nothing in white space`() {
        #expect(Self.values(in: "", pieces: []).isEmpty)
        #expect(Self.values(in: " \n\r\t\n", pieces: [1, 2, 3]).isEmpty)
    }
}

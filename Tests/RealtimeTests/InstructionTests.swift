import FunctionRuntime
import NIOCore
import Testing

@testable import FunctionRealtime
@testable import LocalRunner

@Suite struct InstructionTests {
    /// Reads the fields of an answer, each `name: value`.
    private func read(_ fields: String..., status: Int = 200) throws -> HoldInstruction {
        var answer = Answer(status: status)
        for field in fields {
            let parts = field.split(separator: ":", maxSplits: 1)
            answer.instructions.append(
                (parts[0].lowercased(), parts[1].drop { $0 == " " }.description))
        }
        let instruction = try HoldInstruction(takenFrom: &answer)
        #expect(!answer.isForProxy)
        return instruction
    }

    private func problem(_ fields: String...) -> String {
        var answer = Answer(status: 200)
        for field in fields {
            let parts = field.split(separator: ":", maxSplits: 1)
            answer.instructions.append(
                (parts[0].lowercased(), parts[1].drop { $0 == " " }.description))
        }
        do {
            _ = try HoldInstruction(takenFrom: &answer)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `reads channels from lists and lines, quoted or not`() throws {
        let instruction = try read(
            "Grip-Hold: stream", "Grip-Channel: a; prev-id=7, b ;prev-id=\"x, \\\"y\\\"\"",
            "Grip-Channel: c d", "Grip-Channel: e;prev-id=", "Grip-Link: </n?a,b>; rel=next")

        #expect(
            instruction.channels == [
                .init(name: "a", previousID: "7"), .init(name: "b", previousID: "x, \"y\""),
                .init(name: "c d"), .init(name: "e", previousID: ""),
            ])
        #expect(instruction.mode == .stream)
        #expect(instruction.next == .init(reference: "/n?a,b", timeout: .seconds(120)))
        #expect(instruction.gone == nil)
    }

    @Test func `of a channel that comes twice the last counts`() throws {
        let instruction = try read("Grip-Hold: response", "Grip-Channel: a; prev-id=1, b, a")
        #expect(instruction.channels == [.init(name: "b"), .init(name: "a")])
        #expect(instruction.timeout == .seconds(55))
    }

    @Test(arguments: [
        (#":\n\n; format=cstring; timeout=30"#, ":\n\n", 30, true),
        (#"\x41\\\r; format=cstring; mode=interval"#, "A\\\r", 55, false),
        ("aGVsbG8=; format=base64; timeout=0", "hello", 1, true),
        (#"\n, as it is; mode=idle"#, #"\n, as it is"#, 55, true),
    ])
    func `reads keep-alives`(field: String, content: String, seconds: Int64, isIdle: Bool) throws {
        let instruction = try read("Grip-Hold: stream", "Grip-Keep-Alive: \(field)")
        let keepAlive = try #require(instruction.keepAlive)

        #expect(String(buffer: keepAlive.content.content) == content)
        #expect(keepAlive.interval == .seconds(seconds))
        #expect(keepAlive.isIdle == isIdle)
    }

    @Test func `links say where news are and who is told of the end`() throws {
        let instruction = try read(
            "Grip-Link: <?x>; rel=next; timeout=3, </gone>; rel=\"gone\"", "Grip-Timeout: 9",
            "Grip-Status: 201 Made")

        #expect(instruction.next == .init(reference: "?x", timeout: .seconds(3)))
        #expect(instruction.gone == "/gone")
        #expect(instruction.mode == nil)
        #expect(instruction.isHold)
        #expect(instruction.timeout == .seconds(9))
    }

    @Test func `what is wrong is named`() throws {
        #expect(
            problem("Grip-Hold: sideways")
                == "Grip-Hold must be stream or response, not \"sideways\".")
        #expect(problem("Grip-Channel: ;x").contains("Grip-Channel cannot be read"))
        #expect(problem("Grip-Channel: a; prev-id=\"x").contains("Grip-Channel cannot be read"))
        #expect(problem("Grip-Channel: a; filter=skip-self").contains("filter=skip-self"))
        #expect(problem("Grip-Timeout: soon").contains("Grip-Timeout must be a number of seconds"))
        #expect(problem("Grip-Timeout: -1").contains("Grip-Timeout must be a number of seconds"))
        #expect(problem("Grip-Keep-Alive: ;format=raw").contains("Grip-Keep-Alive cannot be read"))
        #expect(problem("Grip-Keep-Alive: x;format=morse").contains("not \"morse\""))
        #expect(problem("Grip-Keep-Alive: x;mode=often").contains("not \"often\""))
        #expect(problem(#"Grip-Keep-Alive: \q;format=cstring"#).contains("cstring"))
        #expect(problem("Grip-Keep-Alive: %;format=base64").contains("base64"))
        #expect(problem("Grip-Keep-Alive: x;timeout=y").contains("Grip-Keep-Alive must be"))
        #expect(problem("Grip-Link: /x; rel=next").contains("Grip-Link cannot be read"))
        #expect(problem("Grip-Link: </x>").contains("not \"none\""))
        #expect(problem("Grip-Link: </x>; rel=last").contains("not \"last\""))
        #expect(problem("Grip-Status: 99").contains("Grip-Status"))
        #expect(problem("Grip-Set-Meta: a=b").contains("grip-set-meta is not supported"))
        #expect(problem("Grip-Expose-Headers: a").contains("grip-expose-headers is not supported"))
        let channels = (0...20).map(String.init).joined(separator: ",")
        #expect(problem("Grip-Hold: stream", "Grip-Channel: \(channels)").contains("21 channels"))
        #expect(problem("Grip-Hold: stream", "Grip-Status: 204").contains("a 204 has none"))
    }

    @Test func `reads what the runtime writes`() throws {
        let odd = "; , \" \\ \n ü"
        let hold = Hold.stream(
            ["a", .init("b", previousID: "7-1")], keepAlive: .init(odd, interval: 9),
            next: "?after=7")
        var answer = Answer(status: 200)
        answer.instructions = hold.headers
        let instruction = try HoldInstruction(takenFrom: &answer)

        #expect(instruction.mode == .stream)
        #expect(instruction.channels == [.init(name: "a"), .init(name: "b", previousID: "7-1")])
        #expect(instruction.keepAlive.map { String(buffer: $0.content.content) } == odd)
        #expect(instruction.keepAlive?.interval == .seconds(9))
        #expect(instruction.next?.reference == "?after=7")

        answer.instructions = Hold.response(["a"], timeout: 3).headers
        let poll = try HoldInstruction(takenFrom: &answer)
        #expect(poll.mode == .response)
        #expect(poll.timeout == .seconds(3))
    }

    @Test func `a piece is framed as a chunk, and an empty one is nothing`() {
        let piece = StreamPiece([UInt8](repeating: 0x78, count: 300))
        #expect(String(buffer: piece.chunk).hasPrefix("12c\r\nxxx"))
        #expect(String(buffer: piece.chunk).hasSuffix("x\r\n"))
        #expect(piece.content.readableBytes == 300)
        #expect(StreamPiece([]).chunk.readableBytes == 0)
    }
}

@Suite struct LinkBaseTests {
    /// RFC 3986 §5.4, as far as it concerns paths and queries.
    @Test(arguments: [
        ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("?y", "/b/c/d;p?y"),
        ("g?y", "/b/c/g?y"), ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"), ("g?y#s", "/b/c/g?y"),
        (";x", "/b/c/;x"), ("g;x", "/b/c/g;x"), ("", "/b/c/d;p?q"), (".", "/b/c/"), ("./", "/b/c/"),
        ("..", "/b/"), ("../", "/b/"), ("../g", "/b/g"), ("../..", "/"), ("../../", "/"),
        ("../../g", "/g"), ("../../../g", "/g"), ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."),
        ("..g", "/b/c/..g"), ("./../g", "/b/g"), ("./g/.", "/b/c/g/"), ("g/../h", "/b/c/h"),
        ("g?y/../x", "/b/c/g?y/../x"), ("http://a/x?y", "/x?y"), ("http://a", "/"),
        ("//a?z", "/?z"),
    ])
    func `resolves the references of the RFC`(reference: String, target: String) throws {
        let base = LinkBase(host: "a", path: "/b/c/d;p", query: "q")
        let resolved = try #require(base.resolve(reference))
        #expect(resolved.target == target)
        #expect(resolved.host == "a")
    }

    @Test(arguments: ["ftp://a/x", "mailto:x", "http:x", "//", "http:///x"])
    func `refuses what is none of HTTP`(reference: String) {
        #expect(LinkBase(host: "a", path: "/", query: "").resolve(reference) == nil)
    }
}

import FunctionHTTP
import FunctionRuntime
import Testing

/// AWS's published test suite of Signature Version 4.
@Suite struct SigV4Tests {
    private static let signer = SigV4(
        account: AWSAccount(
            region: "us-east-1", accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        service: "service")

    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "GET"
        var target = "/"
        var headers: Headers = [:]
        var body = ""
        var token: Secret?
        var signedHeaders = "host;x-amz-date"
        var signature: String

        var testDescription: String { name }
    }

    private static let vectors = [
        Vector(
            name: "get-vanilla",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-vanilla-query-order-key-case", target: "/?Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            name: "get-vanilla-query-order-value", target: "/?Param1=value2&Param1=value1",
            signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
        Vector(
            name: "get-vanilla-query-unreserved",
            target:
                "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                + "=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
        Vector(
            name: "get-utf8", target: "/\u{1234}",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        Vector(
            name: "get-space", target: "/example space/",
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
        Vector(
            name: "get-slash-dot-slash", target: "/./",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-relative-relative", target: "/example1/example2/../..",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-slashes", target: "//example//",
            signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
        Vector(
            name: "get-header-value-trim",
            headers: ["My-Header1": " value1", "My-Header2": " \"a   b   c\""],
            signedHeaders: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        Vector(
            name: "get-header-key-duplicate",
            headers: ["My-Header1": "value2", "My-Header1": "value2", "My-Header1": "value1"],
            signedHeaders: "host;my-header1;x-amz-date",
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        Vector(
            name: "post-x-www-form-urlencoded", method: "POST",
            headers: ["Content-Type": "application/x-www-form-urlencoded"], body: "Param1=value1",
            signedHeaders: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        Vector(
            name: "post-sts-header-before", method: "POST",
            token: """
                AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpS\
                PfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDY\
                wT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqK\
                mlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==
                """,
            signedHeaders: "host;x-amz-date;x-amz-security-token",
            signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
    ]

    @Test(arguments: vectors)
    func `signs as AWS's test suite does`(vector: Vector) throws {
        let time = try #require(Timestamp("2015-08-30T12:36:00Z"))
        var request = HTTP.Request(
            vector.method, "https://example.amazonaws.com\(vector.target)", headers: vector.headers)
        var signer = Self.signer
        signer.account.sessionToken = vector.token
        signer.sign(&request, .signed(Array(vector.body.utf8)), at: time)

        #expect(
            request.headers["authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)")
    }

    @Test func `prints no secret`() {
        var account = Self.signer.account
        account.sessionToken = "another"
        let printed = "\(account) \(String(reflecting: account))"
        var dumped = ""
        dump(account, to: &dumped)
        for text in [printed, dumped] {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("wJalr"))
            #expect(!text.contains("another"))
        }
    }
}

/// The examples of the S3 API Reference, "Authenticating Requests".
@Suite struct S3SignatureTests {
    private static let signer = SigV4(
        account: AWSAccount(
            region: "us-east-1", accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        service: "s3")
    struct Example: Sendable {
        var method = "GET"
        var target: String
        var headers: Headers = [:]
        var body = ""
        var signature: String
    }

    private static let host = "https://examplebucket.s3.amazonaws.com"

    @Test(arguments: [
        Example(
            target: "/test.txt", headers: ["range": "bytes=0-9"],
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            method: "PUT", target: "/test%24file.text",
            headers: [
                "date": "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class": "REDUCED_REDUNDANCY",
            ], body: "Welcome to Amazon S3.",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            target: "/?lifecycle",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            target: "/?max-keys=2&prefix=J",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ])
    func `signs in the header`(example: Example) throws {
        let time = try #require(Timestamp("2013-05-24T00:00:00Z"))
        var request = HTTP.Request(
            example.method, Self.host + example.target, headers: example.headers)
        Self.signer.sign(&request, .signed(Array(example.body.utf8)), at: time)

        let proof = try #require(request.headers["authorization"])
        #expect(proof.hasSuffix("Signature=\(example.signature)"))
    }

    @Test func `signs in the address`() throws {
        let time = try #require(Timestamp("2013-05-24T00:00:00Z"))
        let url = Self.signer.presign(
            .init("GET", Self.host + "/test.txt"), seconds: 86_400, at: time)

        #expect(
            url == Self.host + "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature="
                + "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    /// A key may have what a path resolves: the signature must hold for what goes out.
    @Test func `leaves a path as it is`() throws {
        let time = try #require(Timestamp("2013-05-24T00:00:00Z"))
        let signatures = ["/a//b", "/a/b", "/a/./b", "/a/%2E/b"].map { path in
            var request = HTTP.Request("GET", Self.host + path)
            Self.signer.sign(&request, .unsigned, at: time)
            return request.headers["authorization"] ?? ""
        }
        #expect(Set(signatures).count == 4)
    }
}

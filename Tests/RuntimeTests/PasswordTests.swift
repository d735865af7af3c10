import FunctionPasswords
import Testing

@Suite struct PasswordTests {
    @Test func `hashes as Argon2id with the parameters of OWASP`() throws {
        let hash = try Password.hash("correct horse battery staple")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(hash.utf8.count == 97)
        #expect(try Password.verify("correct horse battery staple", against: hash) == .correct)
        #expect(try Password.verify("correct horse battery stapl", against: hash) == .wrong)
    }

    @Test func `salts each hash anew`() throws {
        #expect(try Password.hash("same") != (try Password.hash("same")))
    }

    /// From src/test.c of the reference implementation.
    @Test(arguments: [
        (
            "password",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        ),
        (
            "password",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
        ),
        (
            "password",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
        ),
        (
            "differentpassword",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94"
        ),
        (
            "password",
            "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"
        ),
    ])
    func `checks the reference hashes of Argon2 and calls them outdated`(
        password: String, hash: String
    ) throws {
        #expect(try Password.verify(password, against: hash) == .correctButOutdated)
        #expect(try Password.verify(password + "x", against: hash) == .wrong)
    }

    /// From the tests of crypt_blowfish, without those whose passwords are not UTF-8.
    @Test(arguments: [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        (
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                + "chars after 72 are ignored",
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
        ),
    ])
    func `checks the published hashes of bcrypt and calls them outdated`(
        password: String, hash: String
    ) throws {
        #expect(try Password.verify(password, against: hash) == .correctButOutdated)
        #expect(try Password.verify("x" + password, against: hash) == .wrong)
    }

    @Test func `ignores for bcrypt what follows the 72nd byte, however long`() throws {
        let hash = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
        let start = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        let long = start + String(repeating: "é", count: 10_000)
        #expect(try Password.verify(start, against: hash) == .correctButOutdated)
        #expect(try Password.verify(long, against: hash) == .correctButOutdated)
        #expect(try Password.verify(String(start.dropLast()), against: hash) == .wrong)
    }

    @Test func `does not take a password that goes on after a zero byte`() throws {
        let bcrypt = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        #expect(try Password.verify("U*U\0x", against: bcrypt) == .wrong)
        #expect(try Password.verify("U*U\0", against: bcrypt) == .wrong)

        let argon2 = try Password.hash("a\0b")
        #expect(try Password.verify("a\0b", against: argon2) == .correct)
        #expect(try Password.verify("a\0c", against: argon2) == .wrong)
        #expect(try Password.verify("a", against: argon2) == .wrong)
    }

    @Test func `counts every byte of a long password and of an empty one`() throws {
        let long = String(repeating: "0123456789", count: 10_000)
        let hash = try Password.hash(long)
        #expect(try Password.verify(long, against: hash) == .correct)
        #expect(try Password.verify(long + "0", against: hash) == .wrong)

        let empty = try Password.hash("")
        #expect(try Password.verify("", against: empty) == .correct)
        #expect(try Password.verify(" ", against: empty) == .wrong)
    }

    @Test func `finds every password wrong where there is no account`() throws {
        #expect(try Password.verify("", against: nil) == .wrong)
        #expect(try Password.verify("admin123", against: nil) == .wrong)
    }

    @Test(arguments: [
        ("", PasswordError.unknownScheme("")),
        ("admin123", .unknownScheme("")),
        ("$1$abcdefgh$irWbblnpmw.5z7wgBnprh0", .unknownScheme("1")),
        ("$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65", .unknownScheme("argon2d")),
        ("$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", .unknownScheme("2x")),
        ("$argon2id$", .malformed(scheme: "argon2id")),
        ("$argon2id$v=19$m=256,t=2$c29tZXNhbHQ$nf65", .malformed(scheme: "argon2id")),
        ("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$!!", .malformed(scheme: "argon2id")),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQY", .malformed(scheme: "bcrypt")),
        (
            "$2a$xx$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            .malformed(scheme: "bcrypt")
        ),
        (
            "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            .tooCostly(parameters: "bcrypt's cost 31")
        ),
        (
            "$argon2id$v=19$m=1048577,t=1,p=1$c29tZXNhbHQ$nf65",
            .tooCostly(parameters: "m=1048577,t=1,p=1")
        ),
        (
            "$argon2id$v=19$m=19456,t=4294967295,p=1$c29tZXNhbHQ$nf65",
            .tooCostly(parameters: "m=19456,t=4294967295,p=1")
        ),
    ])
    func `refuses hashes that it cannot or will not check`(
        hash: String, error: PasswordError
    ) {
        #expect(throws: error) { try Password.verify("password", against: hash) }
        #expect(hash.isEmpty || !"\(error)".contains(hash))
    }
}

import TestSupport
import Testing

/// What an executable loads, as the dynamic linker tells: each library costs its start.
@Suite struct LinkTests {
    private static func libraries(of executable: String) throws -> String {
        let outcome = try Program.run("/usr/bin/ldd", [Repository.build + "/" + executable])
        return String(decoding: outcome.output, as: UTF8.self)
    }

    @Test func `a function without a database loads no C library of ours`() throws {
        let libraries = try Self.libraries(of: "ProbesEcho")

        #expect(libraries.contains("libc.so"))
        for library in ["libpq", "libcrypto", "libargon2", "libcurl", "libhiredis", "Foundation"] {
            #expect(!libraries.contains(library))
        }
    }

    @Test func `a function with a database loads libpq, and not what hashes passwords`() throws {
        let libraries = try Self.libraries(of: "BrainstormListCompanies")

        #expect(libraries.contains("libpq"))
        for library in ["libargon2", "libcurl", "libhiredis", "libxml2", "libzip", "Foundation"] {
            #expect(!libraries.contains(library))
        }
    }

    @Test func `only a function that reads or writes tables loads libxml2 and libzip`() throws {
        #expect(try Self.libraries(of: "BrainstormExportParticipants").contains("libxml2"))
        #expect(try Self.libraries(of: "BrainstormExportParticipants").contains("libzip"))
        #expect(!(try Self.libraries(of: "BrainstormContinueImport").contains("libxml2")))
    }

    @Test func `only a function that hashes passwords loads libargon2`() throws {
        #expect(try Self.libraries(of: "BrainstormSignIn").contains("libargon2"))
    }

    @Test func `a function with a cache loads libhiredis`() throws {
        let libraries = try Self.libraries(of: "BrainstormShowSession")

        #expect(libraries.contains("libhiredis"))
        for library in ["libargon2", "libcurl", "Foundation"] {
            #expect(!libraries.contains(library))
        }
    }
}

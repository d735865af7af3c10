import Brainstorm
import FunctionCache
import FunctionPostgres
import FunctionRuntime

/// Changes what the caller is called, and his image.
///
/// For everybody who is signed in. A participant's new name is the one in the ranking too. What is left
/// out stays; an image that is no text is taken away.
@main
struct UpdateProfile: BrainstormFunction {
    static let route = Route.post("/api/user/update-profile")

    var database = Database.brainstorm
    var cache = Cache()

    struct Input: Decodable {
        var displayName: Text<1, 100>?
        var image: ImageAddress?
    }

    typealias Output = Profile

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(nil)
        let input = try request.json(as: Input.self)

        let profile = try database.value(
            "SELECT update_profile(\(input.displayName), \(input.image?.value))", as: Profile.self,
            after: caller)
        try cache.group(KeptSessions.group).forgetAll()
        return try .json(profile)
    }
}

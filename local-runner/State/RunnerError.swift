/// Why a command cannot go on, in words for whoever typed it.
struct RunnerError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

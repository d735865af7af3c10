public import FunctionRuntime

/// Who plays the game.
public struct Participant: Sendable {
    public typealias ID = FunctionRuntime.ID<Participant>
}

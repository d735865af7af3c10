/// A sorted set in memory: members in the order of their scores, and where these are equal in the
/// order of their bytes, as Redis has it.
struct ScoredSet {
    /// By the members' bytes: texts that differ in them may be equal to Swift.
    private var scores: [[UInt8]: Double] = [:]
    private(set) var members: [ScoredMember] = []

    var isEmpty: Bool { members.isEmpty }

    func score(of member: String) -> Double? { scores[member.bytes] }

    /// Adds a member, or moves it to another score.
    ///
    /// - Returns: whether it is new.
    mutating func set(_ member: String, to score: Double) -> Bool {
        let isNew = !remove(member)
        let added = ScoredMember(member, score: score)
        members.insert(added, at: place(of: added))
        scores[member.bytes] = score
        return isNew
    }

    mutating func remove(_ member: String) -> Bool {
        guard let score = scores.removeValue(forKey: member.bytes) else { return false }
        members.remove(at: place(of: ScoredMember(member, score: score)))
        return true
    }

    mutating func remove(_ range: Range<Int>) {
        for removed in members[range] { scores[removed.member.bytes] = nil }
        members.removeSubrange(range)
    }

    func rank(of member: String) -> Int? {
        scores[member.bytes].map { place(of: ScoredMember(member, score: $0)) }
    }

    /// The places of the members whose scores lie within.
    func range(of bounds: ClosedRange<Double>) -> Range<Int> {
        let first = firstIndex { $0.score >= bounds.lowerBound }
        return first..<max(first, firstIndex { $0.score > bounds.upperBound })
    }

    /// The places that Redis means by a first and a last one, which count from the end where they
    /// are negative.
    func range(from first: Int, to last: Int) -> Range<Int> {
        let count = members.count
        let lower = min(max(0, first < 0 ? first + count : first), count)
        let upper = min(last < 0 ? last + count : last, count - 1) + 1
        return lower..<max(lower, upper)
    }

    private func place(of wanted: ScoredMember) -> Int {
        firstIndex { member in
            member.score == wanted.score
                ? !member.member.utf8.lexicographicallyPrecedes(wanted.member.utf8)
                : member.score > wanted.score
        }
    }

    /// The first member of which it is true, where it is true of all behind it too.
    private func firstIndex(where isBehind: (ScoredMember) -> Bool) -> Int {
        var range = 0..<members.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range =
                isBehind(members[middle])
                ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}

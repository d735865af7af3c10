/// A `UInt64` as a set of the numbers from 0 to 63.
extension UInt64 {
    func holds(_ element: Int) -> Bool {
        self >> element & 1 == 1
    }

    mutating func insert(_ element: Int) {
        self |= 1 << element
    }

    /// Its lowest element that is not below another.
    func element(from first: Int) -> Int? {
        let rest = (self >> first) << first
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// Its elements in order, without those below another.
    func elements(from first: Int) -> BitElements {
        BitElements(rest: (self >> first) << first)
    }
}

/// The numbers whose bits are set, the lowest first.
struct BitElements: Sequence, IteratorProtocol {
    fileprivate var rest: UInt64

    mutating func next() -> Int? {
        guard rest != 0 else { return nil }
        defer { rest &= rest - 1 }
        return rest.trailingZeroBitCount
    }
}

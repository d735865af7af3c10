/// A cron expression, and what it means.
struct RandomExpression {
    /// A field: its text, and whether a value is meant.
    struct Field<Value> {
        var text: String
        var isMeant: (Value) -> Bool
    }

    private let minute: Field<Int>
    private let hour: Field<Int>
    private let date: Field<CalendarDay>
    private let month: Field<Int>
    private let weekday: Field<CalendarDay>

    private static let months = [
        "jan", "Feb", "MAR", "apr", "May", "JUN", "jul", "Aug", "SEP", "oct", "Nov", "DEC",
    ]
    private static let weekdays = ["sun", "Mon", "TUE", "wed", "Thu", "FRI", "sat"]

    init(using random: inout SeededGenerator) {
        minute = Self.list(0, 59, using: &random)
        hour = Self.list(0, 23, using: &random)
        month = Self.list(1, 12, names: Self.months, using: &random)
        date = Self.date(using: &random)
        weekday = Self.weekday(using: &random)
    }

    var text: String {
        "\(minute.text) \(hour.text) \(date.text) \(month.text) \(weekday.text)"
    }

    func isMeant(_ minuteOfDay: Int) -> Bool {
        minute.isMeant(minuteOfDay % 60) && hour.isMeant(minuteOfDay / 60)
    }

    func isMeant(_ day: CalendarDay) -> Bool {
        guard month.isMeant(day.month) else { return false }
        if date.text != "*" && weekday.text != "*" {
            return date.isMeant(day) || weekday.isMeant(day)
        }
        return date.isMeant(day) && weekday.isMeant(day)
    }

    private static func date(using random: inout SeededGenerator) -> Field<CalendarDay> {
        let date = Int.random(in: 1...31, using: &random)
        let before = Int.random(in: 1...30, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return Field(text: "L") { $0.date == $0.monthLength }
        case 1: return Field(text: "L-\(before)") { $0.date + before == $0.monthLength }
        case 2: return Field(text: "LW") { $0.isWorkday(nearestTo: $0.monthLength) }
        case 3:
            return Field(text: "L-\(before)W") { $0.isWorkday(nearestTo: $0.monthLength - before) }
        case 4, 5: return Field(text: "\(date)W") { $0.isWorkday(nearestTo: date) }
        default:
            let list = Self.list(1, 31, using: &random)
            return Field(text: list.text) { list.isMeant($0.date) }
        }
    }

    private static func weekday(using random: inout SeededGenerator) -> Field<CalendarDay> {
        let number = Int.random(in: 1...7, using: &random)
        let nth = Int.random(in: 1...5, using: &random)
        let name = Bool.random(using: &random) ? "\(number)" : weekdays[number - 1]
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return Field(text: "L") { $0.weekday == 6 }
        case 1, 2:
            return Field(text: "\(name)L") {
                $0.weekday + 1 == number && $0.date > $0.monthLength - 7
            }
        case 3, 4:
            return Field(text: "\(name)#\(nth)") {
                $0.weekday + 1 == number && $0.date > 7 * nth - 7 && $0.date <= 7 * nth
            }
        default:
            let list = Self.list(1, 7, names: weekdays, using: &random)
            return Field(text: list.text) { list.isMeant($0.weekday + 1) }
        }
    }

    /// A star, or one to three items.
    private static func list(
        _ low: Int, _ high: Int, names: [String] = [], using random: inout SeededGenerator
    ) -> Field<Int> {
        if Int.random(in: 0..<3, using: &random) == 0 { return Field(text: "*") { _ in true } }
        let items = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            item(low, high, names, using: &random)
        }
        return Field(text: items.map(\.text).joined(separator: ",")) { value in
            items.contains { $0.isMeant(value) }
        }
    }

    private static func item(
        _ low: Int, _ high: Int, _ names: [String], using random: inout SeededGenerator
    ) -> Field<Int> {
        let (first, last) = (
            Int.random(in: low...high, using: &random), Int.random(in: low...high, using: &random)
        )
        let step = Int.random(in: 1...(high - low), using: &random)
        func name(_ value: Int) -> String {
            names.isEmpty || value % 2 == 0 ? "\(value)" : names[value - low]
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return Field(text: name(first)) { $0 == first }
        case 1:
            return Field(text: "\(name(first))-\(name(last))") {
                walk(low, high, from: first, to: last, step: 1).contains($0)
            }
        case 2:
            return Field(text: "\(name(first))-\(name(last))/\(step)") {
                walk(low, high, from: first, to: last, step: step).contains($0)
            }
        case 3: return Field(text: "*/\(step)") { ($0 - low) % step == 0 }
        default:
            return Field(text: "\(name(first))/\(step)") {
                $0 >= first && ($0 - first) % step == 0
            }
        }
    }

    /// The values at every so-many-th step of a walk from one value to another, going around.
    private static func walk(
        _ low: Int, _ high: Int, from first: Int, to last: Int, step: Int
    ) -> [Int] {
        var path = [first]
        while let here = path.last, here != last { path.append(here == high ? low : here + 1) }
        return path.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    }
}

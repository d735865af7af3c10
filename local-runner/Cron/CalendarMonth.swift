/// A month of the Gregorian calendar, and what must be known of its days.
///
/// Days are numbered from 1970-01-01, which is 0.
struct CalendarMonth: Equatable {
    let year: Int64
    /// 1 is January.
    let month: Int64
    /// The number of its first day.
    let firstDay: Int64

    /// The month that holds a day; Howard Hinnant's `civil_from_days`.
    ///
    /// His year starts in March, so that the leap day is its last.
    init(ofDay day: Int64) {
        let (era, dayOfEra) = (day + 719_468).floored(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        firstDay = day - (dayOfYear - (153 * shifted + 2) / 5)
    }

    private init(year: Int64, month: Int64, firstDay: Int64) {
        self.year = year
        self.month = month
        self.firstDay = firstDay
    }

    var next: CalendarMonth {
        CalendarMonth(
            year: month == 12 ? year + 1 : year, month: month % 12 + 1,
            firstDay: firstDay + Int64(length))
    }

    /// How many days it has.
    var length: Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The weekday of a date of the month, 1 being Sunday.
    func weekday(_ date: Int) -> Int {
        // 1970-01-01 was a Thursday.
        Int((firstDay + Int64(date) - 1 + 4).floored(by: 7).remainder) + 1
    }
}

extension Int64 {
    /// Division whose remainder is never negative.
    func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

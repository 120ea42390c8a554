/// Days of the proleptic Gregorian calendar, counted from 1970-01-01, in integers.
///
/// - Source: Hinnant, H. (2014), "chrono-compatible low-level date algorithms": `days_from_civil`, `civil_from_days`.
package enum CivilDay {
  /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
  package static let earliestSecond: Int64 = -62_135_596_800
  package static let latestSecond: Int64 = 253_402_300_799
  package static let secondsPerDay: Int64 = 86_400

  package static func number(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  /// `2024-03-31`.
  package static func iso(_ number: Int) -> String {
    let (year, month, day) = civil(number)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// `2024-03-31T22:00:00Z`.
  package static func isoInstant(_ seconds: Int64) -> String {
    let day = floorDivide(Int(seconds), 86_400)
    let rest = Int(seconds) - day * 86_400
    return "\(iso(day))T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
  }

  package static func floorDivide<T: BinaryInteger>(_ a: T, _ b: T) -> T {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? quotient - 1 : quotient
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = "\(value)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

import Processes

/// Milliseconds since 1970 as `2026-01-05T09:00:00.250`, in UTC and without a zone; the date is made once a day.
struct Timestamp {
  private var day = Int64.min
  private var date: [UInt8] = []

  mutating func bytes(milliseconds: Int64) -> [UInt8] {
    let ofDay = Self.remainder(milliseconds, 86_400_000)
    let today = (milliseconds - ofDay) / 86_400_000
    if today != day { (day, date) = (today, Array(CalendarDay.text(today).utf8) + [UInt8(ascii: "T")]) }
    var bytes = date
    func two(_ number: Int64) {
      bytes += [UInt8(ascii: "0") + UInt8(number / 10), UInt8(ascii: "0") + UInt8(number % 10)]
    }
    two(ofDay / 3_600_000)
    bytes.append(UInt8(ascii: ":"))
    two(ofDay / 60_000 % 60)
    bytes.append(UInt8(ascii: ":"))
    two(ofDay / 1000 % 60)
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(ofDay % 1000 / 100))
    two(ofDay % 100)
    return bytes
  }

  /// In [0, divisor), also before 1970.
  private static func remainder(_ number: Int64, _ divisor: Int64) -> Int64 {
    let rest = number % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

/// Rows of an event log as bytes: `case_id,event,timestamp,unit_id[,variant],node,lifecycle,resource`.
struct EventLogWriter: Sendable {
  /// What the rows of a station have in common, ready to be copied.
  struct Texts: Sendable {
    /// `,event,`; nil if the station is silent.
    let events: [[UInt8]?]
    /// `,node`
    let nodes: [[UInt8]]
    /// `,name\n`
    let resources: [[UInt8]]
    /// `,name` by arm.
    let variants: [[UInt8]]
    let start: Double
    /// The last moment that is logged, in seconds after the start.
    let observed: Double
    let logsStarts: Bool

    init(_ arms: ArmTables, _ plan: SimulationPlan) {
      let net = arms.base.net
      events = net.events.map { $0.map { Array(",\(Self.field($0)),".utf8) } }
      nodes = net.places.indices.map { Array(",\(net.name(of: $0))".utf8) }
      resources = net.places.indices.map { station in
        Array(",\(arms.base.pool[station].map { arms.base.pools[$0].name } ?? "")\n".utf8)
      }
      variants = arms.names.map { Array(",\(Self.field($0))".utf8) }
      start = plan.start
      observed = plan.observed ?? .infinity
      logsStarts = plan.logsStarts
    }

    var header: [UInt8] {
      Array("case_id,event,timestamp,unit_id\(variants.isEmpty ? "" : ",variant"),node,lifecycle,resource\n".utf8)
    }

    private static func field(_ text: String) -> String {
      guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
      return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
  }

  let texts: Texts
  private(set) var bytes: [UInt8] = []
  private var caseID: [UInt8] = []
  /// `,u12,treatment`
  private var unit: [UInt8] = []
  private var day: Int64 = .min
  private var date: [UInt8] = []

  init(_ texts: Texts) { self.texts = texts }

  mutating func begin(case number: Int, unit unitNumber: Int, arm: Int?) {
    caseID = Array("c\(number + 1)".utf8)
    unit = Array(",u\(unitNumber + 1)".utf8) + (arm.map { texts.variants[$0] } ?? [])
  }

  /// Work at a station, in seconds after the start of the simulation.
  mutating func visit(_ station: Int, from start: Double, to end: Double) {
    guard let event = texts.events[station] else { return }
    if texts.logsStarts, start <= texts.observed { row(event, station, start, ",start") }
    if end <= texts.observed { row(event, station, end, ",complete") }
  }

  private mutating func row(_ event: [UInt8], _ station: Int, _ time: Double, _ lifecycle: StaticString) {
    bytes += caseID
    bytes += event
    append(time: texts.start + time)
    bytes += unit
    bytes += texts.nodes[station]
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: lifecycle.utf8Start, count: lifecycle.utf8CodeUnitCount))
    bytes += texts.resources[station]
  }

  /// `2026-01-05T09:00:00.250Z`; what lies behind the year 9999 is its last moment.
  private mutating func append(time: Double) {
    let milliseconds = Int64(min(max(time, 0), 253_402_300_799) * 1000)
    let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let (today, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    if today != day {
      day = today
      date = Array(CalendarDay.text(today).utf8) + [UInt8(ascii: "T")]
    }
    bytes += date
    two(second / 3600, UInt8(ascii: ":"))
    two(second / 60 % 60, UInt8(ascii: ":"))
    two(second % 60, UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(fraction / 100))
    two(fraction % 100, UInt8(ascii: "Z"))
  }

  private mutating func two(_ number: Int64, _ mark: UInt8) {
    bytes.append(UInt8(ascii: "0") + UInt8(number / 10))
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    bytes.append(mark)
  }
}

/// Days since 1970-01-01 as dates of the Gregorian calendar.
///
/// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days and days_from_civil.
package enum CalendarDay {
  static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `2026-01-05`
  package static func text(_ day: Int64) -> String {
    let (year, month, day) = civil(day)
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

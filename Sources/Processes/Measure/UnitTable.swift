/// One row a unit: its variant, its exposure and the model's metrics. What an experiment is analysed from.
package struct UnitTable: Sendable {
  package struct Row: Sendable {
    package let unit: String
    package let variant: String
    package let cohort: String?
    /// Milliseconds since 1970.
    package let exposed: Int64
    package let values: [Double?]
  }
  package let metrics: [FlowMetric]
  package let rows: [Row]
  /// Units that never came to the split, and units whose window had not passed; they have no row.
  package let unexposed: Int
  package let immature: Int

  init(_ values: UnitValues, _ log: EventLog, _ order: UnitOrder, _ metrics: [FlowMetric]) {
    var (rows, unexposed, immature): ([Row], Int, Int) = ([], 0, 0)
    let variants = log.variants.count + 1
    for unit in 0..<values.count {
      guard let found = values[unit] else {
        unexposed += 1
        continue
      }
      guard found.values.isMature else {
        immature += 1
        continue
      }
      let (cohort, variant) = (found.group / variants, found.group % variants)
      let name: String
      if log.unit != nil, unit < log.unitNames.count {
        name = log.unitNames.string(of: unit)
      } else {
        name = log.caseNames.string(of: order.cases(of: unit).first ?? 0)
      }
      rows.append(
        Row(
          unit: name, variant: variant > 0 ? log.variants[variant - 1] : "",
          cohort: cohort > 0 ? log.cohorts[cohort - 1] : nil, exposed: found.values.exposed,
          values: found.values.values))
    }
    (self.metrics, self.rows, self.unexposed, self.immature) = (metrics, rows, unexposed, immature)
  }

  /// `unit_id,variant,exposed_at[,cohort],METRIC,…`; an empty field is no value.
  package var csv: [UInt8] {
    let hasCohort = rows.contains { $0.cohort != nil }
    var text = "unit_id,variant,exposed_at" + (hasCohort ? ",cohort" : "")
    for metric in metrics { text += "," + Self.field(metric.name) }
    var bytes = Array((text + "\n").utf8)
    for row in rows {
      var line = Self.field(row.unit) + "," + Self.field(row.variant) + "," + EventTimeText.iso(row.exposed)
      if hasCohort { line += "," + Self.field(row.cohort ?? "") }
      for value in row.values { line += "," + (value.map(Self.number) ?? "") }
      bytes += Array((line + "\n").utf8)
    }
    return bytes
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

/// `2026-01-05T09:00:00.250Z`
enum EventTimeText {
  static func iso(_ milliseconds: Int64) -> String {
    let day = (milliseconds - (milliseconds < 0 ? 86_399_999 : 0)) / 86_400_000
    let rest = milliseconds - day * 86_400_000
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let fraction = String(1000 + rest % 1000).dropFirst()
    let seconds = rest / 1000
    return
      "\(CalendarDay.text(day))T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(fraction)Z"
  }
}

import Foundation
import Statistics

/// Differences that stand out, each against the rest, Holm-adjusted over all that were looked at. Associations, not causes.
public enum Patterns {
  /// Cohorts and segments whose retention at the first complete age after 0 differs from all others together.
  ///
  /// - Returns: those with an adjusted p-value below 1 - level, the strongest first; and how many were looked at.
  public static func find(
    all: RetentionTable, segments: [CohortReport.Segment], early: EarlyBehaviourReport? = nil, level: ConfidenceLevel
  ) -> (found: [CohortReport.Pattern], tested: Int) {
    var candidates = compareRows(
      all.cohorts.map { (name: "cohort \($0.cohort)", kind: "cohort-difference", cells: $0.cells) }, all, level)
    let rows = segments.map { segment in
      (name: "\(segment.column) \(segment.value)", kind: "segment-difference", cells: totals(segment.retention))
    }
    candidates += compareRows(rows, all, level)
    candidates += early.map(earlyBehaviours) ?? []
    let adjusted = Multiplicity.adjust(candidates.map { $0.pValue ?? 1 }, by: .holm)
    for i in candidates.indices { candidates[i].adjustedPValue = adjusted[i] }
    let found = candidates.filter { ($0.adjustedPValue ?? 1) < level.alpha }.sorted {
      abs($0.estimate) > abs($1.estimate)
    }
    return (found.map(explained), candidates.count)
  }

  private typealias Row = (name: String, kind: String, cells: [RetentionTable.Cell])

  /// Units observed and retained over the cohorts of a table, by age.
  private static func totals(_ table: RetentionTable) -> [RetentionTable.Cell] {
    table.ages.indices.map { column in
      let cells = table.cohorts.map { $0.cells[column] }
      let observed = cells.reduce(0) { $0 + $1.observed }
      return RetentionTable.Cell(
        age: table.ages[column].from, observed: observed,
        retained: observed > 0 ? cells.reduce(0) { $0 + ($1.retained ?? 0) } : nil, rate: nil, lower: nil, upper: nil)
    }
  }

  private static func earlyBehaviours(_ report: EarlyBehaviourReport) -> [CohortReport.Pattern] {
    report.behaviours.compactMap { behaviour in
      guard let adjusted = behaviour.adjusted, let lower = adjusted.lower, let upper = adjusted.upper else {
        return nil
      }
      return CohortReport.Pattern(
        kind: "early-behaviour",
        sentence:
          "units with '\(behaviour.name)' in the first \(report.days) days: \(percent(behaviour.returnedDid.estimate)) came back in the \(report.days) days after, the others \(percent(behaviour.returnedDidNot.estimate)); among equally active units",
        estimate: adjusted.estimate, lower: lower, upper: upper, pValue: behaviour.pValue, adjustedPValue: nil)
    }
  }

  private static func compareRows(
    _ rows: [Row], _ table: RetentionTable, _ level: ConfidenceLevel
  ) -> [CohortReport.Pattern] {
    guard let column = table.ages.firstIndex(where: { $0.from > 0 }) else { return [] }
    let cells = rows.map { $0.cells[column] }
    let observed = cells.reduce(0) { $0 + $1.observed }
    let retained = cells.reduce(0) { $0 + ($1.retained ?? 0) }
    return rows.indices.compactMap { i in
      guard let own = cells[i].retained else { return nil }
      let (rest, others) = (observed - cells[i].observed, retained - own)
      guard
        let pair = try? TwoProportions(
          treatment: (successes: own, trials: cells[i].observed), control: (successes: others, trials: rest)),
        let pValue = pair.equalityPValue
      else { return nil }
      let interval = pair.newcombe(level)
      return CohortReport.Pattern(
        kind: rows[i].kind,
        sentence:
          "\(rows[i].name): \(percent(pair.treatmentRate)) retained at age \(table.ages[column].label), the others \(percent(pair.controlRate))",
        estimate: pair.difference, lower: interval.lower, upper: interval.upper,
        pValue: pValue, adjustedPValue: nil)
    }
  }

  private static func explained(_ pattern: CohortReport.Pattern) -> CohortReport.Pattern {
    var pattern = pattern
    pattern.sentence +=
      "\(pattern.kind == "early-behaviour" ? " the" : ";") difference \(hundredths(pattern.estimate)) percentage points (\(hundredths(pattern.lower)) to \(hundredths(pattern.upper))), an association to be tested."
    return pattern
  }

  private static func percent(_ share: Double) -> String { "\(hundredths(share)) %" }

  private static func hundredths(_ share: Double) -> String {
    let tenths = Int((abs(share) * 1000).rounded())
    return "\(share < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }
}

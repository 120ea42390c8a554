import Cohorts

extension CohortView {
  typealias Section = Exhibit.Section

  /// The groups or arms against one of them.
  var comparisonSection: Section? {
    guard let comparison = report.comparison else { return nil }
    var rows: [[String]] = []
    for group in comparison.groups {
      for point in group.retention {
        rows.append(
          [group.value, "retained at \(period) \(point.label)"] + cells(point.difference) { rate($0) })
      }
      if let mean = group.restrictedMean {
        let name = "days to churn within \(format.number(group.restrictedTo))"
        rows.append([group.value, name] + cells(mean) { format.number($0) })
      }
    }
    return Section(
      "\(comparison.column): against \(comparison.control)", words: words(comparison),
      [
        .init(comparison.column), .init("measure"), .init("control", numeric: true, droppedAt: 2),
        .init("group", numeric: true, droppedAt: 1), .init("difference", numeric: true),
        .init("\(level) interval", droppedAt: 3), .init("p adjusted", numeric: true),
      ], rows)
  }

  private func cells(_ difference: GroupComparison.Difference, _ shown: (Double) -> String) -> [String] {
    [
      shown(difference.control), shown(difference.treatment), shown(difference.estimate),
      format.interval(difference.lower, difference.upper) { shown($0) }, format.pValue(difference.adjustedPValue),
    ]
  }

  private func words(_ comparison: GroupComparison) -> String {
    var parts: [String] = []
    if let test = comparison.logRank {
      parts.append(
        "Log-rank test of equal survival: chi-squared \(format.number(test.statistic)) with \(test.degreesOfFreedom) \(test.degreesOfFreedom == 1 ? "degree" : "degrees") of freedom, p \(format.pValue(test.pValue))."
      )
    }
    if let p = comparison.sampleRatioPValue {
      parts.append("Arms of equal size, chi-squared test: p \(format.pValue(p)).")
      if p < 0.001 {
        parts.append("The arms' sizes do not fit equal weights: find out why before trusting a difference.")
      }
    }
    return parts.joined(separator: " ")
  }
}

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
          [group.value, "retained at \(period) \(point.label)"] + shares(point.difference))
      }
      if let mean = group.restrictedMean {
        let name = "days to churn within \(format.number(group.restrictedTo))"
        rows.append([group.value, name] + means(mean))
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

  private func shares(_ difference: GroupComparison.Difference) -> [String] {
    [
      rate(difference.control), rate(difference.treatment), format.points(difference.estimate),
      format.pointsInterval(difference.lower, difference.upper), format.pValue(difference.adjustedPValue),
    ]
  }

  private func means(_ difference: GroupComparison.Difference) -> [String] {
    [
      format.number(difference.control), format.number(difference.treatment),
      format.number(difference.estimate, signed: true),
      format.interval(difference.lower, difference.upper) { format.number($0, signed: true) },
      format.pValue(difference.adjustedPValue),
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

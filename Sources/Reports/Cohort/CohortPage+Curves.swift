import Cohorts

/// Curves of shares with bands: of all units, and of groups in one picture.
extension CohortPage {
  /// Groups that one picture can keep apart by colour.
  private static let mostGroups = 6

  func retentionSeries(_ table: RetentionTable, name: String, style: String = "") -> LineChart.Series {
    LineChart.Series(
      name: name, points: table.overall.map { (Double($0.age), $0.weightedMean) },
      band: table.overall.map { (Double($0.age), $0.lower, $0.upper) }, style: style)
  }

  func survivalSeries(_ curve: SurvivalCurve, name: String, style: String = "") -> LineChart.Series {
    let origin = curve.points.first.map { $0.time > 0 } ?? false ? [(0.0, 1.0)] : []
    return LineChart.Series(
      name: name, points: origin + curve.points.map { ($0.time, $0.survival) },
      band: curve.points.compactMap { point in
        guard let lower = point.lower, let upper = point.upper else { return nil }
        return (point.time, lower, upper)
      }, isStep: true, style: style)
  }

  func shareChart(_ title: String, _ series: [LineChart.Series], xTitle: String) -> LineChart {
    let format = view.format
    return LineChart(
      title: title, series: series, xTitle: xTitle, showX: { format.number($0) },
      showY: { value, decimals in format.percent(value, decimals: max(decimals - 2, 0)) })
  }

  /// Retention and survival of the groups, each with its band; nothing where colours would not tell them apart.
  var groupCurves: [Markup] {
    let groups = report.segments.enumerated().map { (style: "group group-\($0)", segment: $1) }
    guard (2...Self.mostGroups).contains(groups.count) else { return [] }
    let retention = groups.map { retentionSeries($0.segment.retention, name: $0.segment.value, style: $0.style) }
    let survival = groups.compactMap { group in
      group.segment.survival.map { survivalSeries($0, name: group.segment.value, style: group.style) }
    }
    let key = groups.map { Markup.tag("li", ["class": $0.style], .text($0.segment.value)) }
    var parts: [Markup] = [.tag("ul", ["class": "key"], .list(key))]
    if (retention.map(\.points.count).max() ?? 0) > 1 {
      parts += [
        .tag("h3", [:], "Retention"),
        shareChart("Retention by age and group", retention, xTitle: "\(view.period)s since start").markup,
      ]
    }
    if let unit = report.segments.lazy.compactMap(\.survival?.timeUnit).first {
      parts += [
        .tag("h3", [:], "Survival"),
        shareChart("Kaplan-Meier curves by group", survival, xTitle: "\(unit)s since start").markup,
      ]
    }
    return parts
  }
}

import Cohorts

/// What customers were worth, are expected to be worth, and how far the model can be believed.
extension CohortPage {
  /// Cohorts that one picture shows, the latest.
  private static let mostCohorts = 12

  var lifetimeValue: Markup {
    guard let lifetime = report.lifetimeValue else { return .list([]) }
    var parts: [Markup] = []
    if let projection = lifetime.projection { parts += fan(projection) }
    parts += valuePerUnit(lifetime)
    parts.append(HTMLPage.notes(view.lifetimeSentences))
    if !view.projectionRows.isEmpty {
      parts.append(
        HTMLPage.folded(
          "By cohort",
          [HTMLPage.table(caption: "Until the horizon, with intervals", view.projectionColumns, view.projectionRows)]))
    }
    if let groups = lifetime.holdout?.groups, !groups.isEmpty { parts.append(calibration(groups)) }
    return HTMLPage.section("Lifetime value", id: "lifetime-value", parts)
  }

  private func fan(_ projection: LifetimeValue.Projection) -> [Markup] {
    let hasValue = projection.overall.contains { $0.value != nil }
    let points = projection.overall.compactMap { point in
      (hasValue ? point.value : point.purchases).map { (Double(point.period), $0) }
    }
    let series = LineChart.Series(
      name: "projected", points: [(0, 0)] + points.map { ($0.0, $0.1.estimate) },
      band: [(0, 0, 0)]
        + points.compactMap { point in
          guard let lower = point.1.lower, let upper = point.1.upper else { return nil }
          return (point.0, lower, upper)
        })
    let what = hasValue ? "value" : "purchases"
    return [
      .tag("h3", [:], .text("Projected \(what) of all customers")),
      amountChart("Projected \(what) of all customers", [series], xTitle: "periods from the end of observation"),
    ]
  }

  /// Observed value by cohort and age; where there is a projection, each line goes on from what was observed.
  private func valuePerUnit(_ lifetime: LifetimeValue) -> [Markup] {
    guard !lifetime.observed.isEmpty else { return [] }
    var series: [LineChart.Series] = []
    var isProjected = false
    for cohort in lifetime.observed.suffix(Self.mostCohorts) {
      let observed = cohort.points.map { (Double($0.age), $0.valuePerUnit.estimate) }
      series.append(LineChart.Series(name: cohort.cohort, points: observed, showsDots: true, style: "faint"))
      let ahead = lifetime.projection?.cohorts.first { $0.cohort == cohort.cohort }
      if let ahead = ahead.flatMap({ projected($0, from: observed.last) }) {
        series.append(ahead)
        isProjected = true
      }
    }
    let title = "Cumulative value per unit, one line a cohort"
    return [
      .tag("h3", [:], .text(isProjected ? "\(title); dashed: projected" : title)),
      amountChart(title, series, xTitle: "\(view.period)s since start"),
    ]
  }

  private func projected(
    _ cohort: LifetimeValue.Projection.CohortProjection, from last: (x: Double, y: Double)?
  ) -> LineChart.Series? {
    guard let last, let value = cohort.observedValue, cohort.size > 0 else { return nil }
    let size = Double(cohort.size)
    let points = cohort.points.compactMap { point in
      point.value.map { (last.x + Double(point.period), (value + $0.estimate) / size) }
    }
    guard !points.isEmpty else { return nil }
    return LineChart.Series(name: "\(cohort.cohort), projected", points: [last] + points, style: "ahead")
  }

  /// Expected against observed, by what was known before: on the model's line if it is right.
  private func calibration(_ groups: [LifetimeValue.Holdout.Group]) -> Markup {
    let format = view.format
    let expected = LineChart.Series(name: "expected", points: groups.map { (Double($0.frequency), $0.expected) })
    let observed = LineChart.Series(
      name: "observed", points: groups.map { (Double($0.frequency), $0.observed) }, showsDots: true, style: "second")
    let rows = groups.map { group in
      [
        group == groups.last ? "\(group.frequency)+" : "\(group.frequency)", format.count(group.customers),
        format.number(group.expected, digits: 3),
        format.number(group.observed, digits: 3),
      ]
    }
    let title = "Purchases per customer after the calibration, by repeat purchases before"
    return HTMLPage.folded(
      "Check on held-out data",
      [
        amountChart(title, [expected, observed], xTitle: "repeat purchases before; the last group: that many or more"),
        .tag("p", ["class": "legend"], "Line: expected by the model. Dashed, with dots: observed."),
        HTMLPage.table(
          caption: title,
          [("repeat purchases", true), ("customers", true), ("expected", true), ("observed", true)], rows),
      ])
  }

  private func amountChart(_ title: String, _ series: [LineChart.Series], xTitle: String) -> Markup {
    let format = view.format
    return LineChart(
      title: title, series: series, xTitle: xTitle, showX: { format.number($0) },
      showY: { value, _ in format.compact(value) }
    ).markup
  }
}

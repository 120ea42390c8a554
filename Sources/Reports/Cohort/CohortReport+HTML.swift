import Cohorts

extension Report {
  /// One self-contained page: key numbers, heat map, retention and survival curves, lifetime value, patterns, provenance.
  public static func html(_ report: CohortReport) -> String {
    let page = CohortPage(view: CohortView(report))
    return HTMLPage(title: "\(page.view.headline) · Verdict", body: page.body).text
  }
}

struct CohortPage {
  let view: CohortView
  private var report: CohortReport { view.report }

  init(view: CohortView) { self.view = view }

  var body: [Markup] {
    [
      .tag(
        "main", [:],
        .list(
          [headline, tiles] + retention + survival + [comparison, lifetimeValue] + contractual + behaviour
            + [patterns, notes])),
      HTMLPage.provenance(view.provenance),
    ]
  }

  private var headline: Markup {
    HTMLPage.headline(
      badge: "Cohorts", symbol: "◢", tone: "calm", title: view.headline, reasons: [], summary: view.definition)
  }

  private var tiles: Markup {
    var tiles: [(name: String, value: String, note: String, tone: String)] = []
    for point in report.retention.overall.filter({ $0.age > 0 }).prefix(3) {
      tiles.append(
        (
          "retained at \(view.period) \(view.ageLabel(point.age, report.retention))", view.rate(point.weightedMean),
          view.interval(point.lower, point.upper), ""
        ))
    }
    if let curve = report.survival {
      let interval = view.format.interval(curve.medianLower, curve.medianUpper) { view.format.number($0) }
      let median = curve.median.map { "\(view.format.number($0)) \(curve.timeUnit)s" } ?? "not reached"
      tiles.append(("median time to churn", median, interval, ""))
    }
    if let point = report.lifetimeValue?.projection?.overall.last {
      let estimate = point.value ?? point.purchases
      let what = point.value == nil ? "purchases" : "value"
      tiles.append(
        (
          "\(what) to come in \(point.period) periods", view.format.number(estimate.estimate),
          view.format.interval(estimate.lower, estimate.upper) { view.format.number($0) }, ""
        ))
    }
    return HTMLPage.tiles(tiles)
  }

  // MARK: Retention

  private var retention: [Markup] {
    view.tables.enumerated().map { index, entry in
      HTMLPage.section(
        "Retention: \(entry.title)", id: "retention-\(index)",
        [HeatMap(table: entry.table, view: view).markup, curve(entry.table), overallTable(entry.table)])
    }
  }

  private func curve(_ table: RetentionTable) -> Markup {
    let points = table.overall
    let weighted = LineChart.Series(
      name: "all units", points: points.map { (Double($0.age), $0.weightedMean) },
      band: points.map { (Double($0.age), $0.lower, $0.upper) }, showsDots: points.count <= 40)
    let simple = LineChart.Series(
      name: "mean of cohorts", points: points.map { (Double($0.age), $0.simpleMean) }, style: "second")
    let format = view.format
    let chart = LineChart(
      title: "Retention by age, all cohorts together", series: [weighted, simple],
      xTitle: "\(view.period)s since start", showX: { format.number($0) },
      showY: { value, decimals in format.percent(value, decimals: max(decimals - 2, 0)) })
    guard points.count > 1 else { return .list([]) }
    return .list([
      chart.markup,
      .tag(
        "p", ["class": "legend"],
        .text("Line: every unit has one vote, with its \(view.level) interval. Dashed: every cohort has one vote.")),
    ])
  }

  private func overallTable(_ table: RetentionTable) -> Markup {
    .tag(
      "details", [:], .tag("summary", [:], "Numbers of the curve"),
      HTMLPage.table(
        caption: "Retention by age over the cohorts that completed it",
        [
          ("age", true), ("cohorts", true), ("units", true), ("retained", true), ("rate", true),
          ("\(view.level) interval", true), ("mean of cohorts", true),
        ],
        table.overall.map { point in
          [
            view.ageLabel(point.age, table), view.format.count(point.cohorts), view.format.count(point.observed),
            view.format.count(point.retained), view.rate(point.weightedMean), view.interval(point.lower, point.upper),
            view.rate(point.simpleMean),
          ]
        }))
  }

  // MARK: Survival

  private var survival: [Markup] {
    view.curves.enumerated().map { index, entry in
      let curve = entry.curve
      let format = view.format
      let origin = curve.points.first.map { $0.time > 0 } ?? false ? [(0.0, 1.0)] : []
      let series = LineChart.Series(
        name: "survival", points: origin + curve.points.map { ($0.time, $0.survival) },
        band: curve.points.compactMap { point in
          guard let lower = point.lower, let upper = point.upper else { return nil }
          return (point.time, lower, upper)
        }, isStep: true)
      let chart = LineChart(
        title: "Kaplan-Meier curve, \(entry.title)", series: [series], xTitle: "\(curve.timeUnit)s since start",
        showX: { format.number($0) },
        showY: { value, decimals in format.percent(value, decimals: max(decimals - 2, 0)) })
      return HTMLPage.section(
        "Survival: \(entry.title)", id: "survival-\(index)",
        [
          .tag("p", [:], .text(view.survivalSummary(curve))), chart.markup,
          .tag("p", ["class": "legend"], .text(curve.definition)),
        ])
    }
  }

  // MARK: Lifetime value

  private var lifetimeValue: Markup {
    guard let lifetime = report.lifetimeValue else { return .list([]) }
    var parts: [Markup] = []
    if let projection = lifetime.projection { parts += fan(projection) }
    parts += observed(lifetime)
    parts.append(HTMLPage.notes(view.lifetimeSentences))
    if !view.projectionRows.isEmpty {
      parts.append(
        .tag(
          "details", [:], .tag("summary", [:], "By cohort"),
          HTMLPage.table(caption: "Until the horizon, with intervals", view.projectionColumns, view.projectionRows)))
    }
    if let groups = lifetime.holdout?.groups, !groups.isEmpty {
      parts.append(
        .tag(
          "details", [:], .tag("summary", [:], "Check on held-out data"),
          HTMLPage.table(
            caption: "Purchases per customer after the calibration, by repeat purchases before",
            [("repeat purchases", true), ("customers", true), ("expected", true), ("observed", true)],
            groups.map {
              [
                "\($0.frequency)", view.format.count($0.customers), view.format.number($0.expected, digits: 3),
                view.format.number($0.observed, digits: 3),
              ]
            })))
    }
    return HTMLPage.section("Lifetime value", id: "lifetime-value", parts)
  }

  private func fan(_ projection: LifetimeValue.Projection) -> [Markup] {
    let format = view.format
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
    let chart = LineChart(
      title: "Projected \(what) of all customers", series: [series], xTitle: "periods from the end of observation",
      showX: { format.number($0) }, showY: { value, _ in format.compact(value) })
    return [.tag("h3", [:], .text("Projected \(what) of all customers")), chart.markup]
  }

  private func observed(_ lifetime: LifetimeValue) -> [Markup] {
    guard !lifetime.observed.isEmpty else { return [] }
    let format = view.format
    let series = lifetime.observed.suffix(12).map { cohort in
      LineChart.Series(
        name: cohort.cohort, points: cohort.points.map { (Double($0.age), $0.valuePerUnit.estimate) }, showsDots: true,
        style: "faint")
    }
    let chart = LineChart(
      title: "Observed value per unit by cohort and age", series: series, xTitle: "\(view.period)s since start",
      showX: { format.number($0) }, showY: { value, _ in format.compact(value) })
    return [.tag("h3", [:], "Observed cumulative value per unit, one line a cohort"), chart.markup]
  }

  // MARK: Groups, contracts, behaviour

  private var comparison: Markup { view.comparisonSection?.markup(id: "comparison") ?? .list([]) }

  private var contractual: [Markup] {
    guard let model = report.lifetimeValue?.contractual else { return [] }
    let format = view.format
    let projected = LineChart.Series(
      name: "model", points: model.survival.map { (Double($0.period), $0.projected.estimate) },
      band: model.survival.compactMap { point in
        guard let lower = point.projected.lower, let upper = point.projected.upper else { return nil }
        return (Double(point.period), lower, upper)
      })
    let observed = LineChart.Series(
      name: "observed",
      points: model.survival.compactMap { point in point.observed.map { (Double(point.period), $0.estimate) } },
      showsDots: true, style: "second")
    let chart = LineChart(
      title: "Customers left, observed and by the model", series: [projected, observed],
      xTitle: "\(view.period)s since start", showX: { format.number($0) },
      showY: { value, decimals in format.percent(value, decimals: max(decimals - 2, 0)) })
    return view.contractualSections.enumerated().map { index, section in
      section.markup(id: "contract-\(index)", drawings: index == 0 ? [chart.markup] : [])
    }
  }

  private var behaviour: [Markup] {
    let funnels = report.behaviour?.funnels ?? []
    return view.behaviourSections.enumerated().map { index, section in
      var drawings: [Markup] = []
      if let funnel = funnels.first(where: { section.title == "Funnel" + ($0.segment.map { ": \($0)" } ?? "") }) {
        drawings.append(FunnelChart(funnel: funnel, view: view).markup)
      }
      if section.title == "What follows what", let paths = report.behaviour?.paths {
        drawings.append(PathFlow(paths: paths, view: view).markup)
      }
      return section.markup(id: "behaviour-\(index)", drawings: drawings)
    }
  }

  // MARK: Patterns and notes

  private var patterns: Markup {
    guard !report.patterns.isEmpty else { return .list([]) }
    return HTMLPage.section(
      "Patterns", id: "patterns",
      [
        .tag("p", ["class": "legend"], "Associations, not causes: test them by an experiment."),
        HTMLPage.table(
          caption: "Patterns with their intervals", [("pattern", false), ("p", true), ("p adjusted", true)],
          report.patterns.map { [$0.sentence, view.format.pValue($0.pValue), view.format.pValue($0.adjustedPValue)] }),
      ])
  }

  private var notes: Markup {
    report.notes.isEmpty ? .list([]) : HTMLPage.section("Notes", id: "notes", [HTMLPage.notes(report.notes)])
  }
}

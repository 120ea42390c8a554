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
  var report: CohortReport { view.report }

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
    guard points.count > 1 else { return .list([]) }
    var weighted = retentionSeries(table, name: "all units")
    weighted.showsDots = points.count <= 40
    let simple = LineChart.Series(
      name: "mean of cohorts", points: points.map { (Double($0.age), $0.simpleMean) }, style: "second")
    return .list([
      shareChart(
        "Retention by age, all cohorts together", [weighted, simple], xTitle: "\(view.period)s since start"
      ).markup,
      .tag(
        "p", ["class": "legend"],
        .text("Line: every unit has one vote, with its \(view.level) interval. Dashed: every cohort has one vote.")),
    ])
  }

  private func overallTable(_ table: RetentionTable) -> Markup {
    HTMLPage.folded(
      "Numbers of the curve",
      [
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
          })
      ])
  }

  // MARK: Survival

  private var survival: [Markup] {
    view.curves.enumerated().map { index, entry in
      let chart = shareChart(
        "Kaplan-Meier curve, \(entry.title)", [survivalSeries(entry.curve, name: "survival")],
        xTitle: "\(entry.curve.timeUnit)s since start")
      return HTMLPage.section(
        "Survival: \(entry.title)", id: "survival-\(index)",
        [
          .tag("p", [:], .text(view.survivalSummary(entry.curve))), chart.markup,
          .tag("p", ["class": "legend"], .text(entry.curve.definition)),
        ])
    }
  }

  // MARK: Groups, contracts, behaviour

  private var comparison: Markup {
    view.comparisonSection?.markup(id: "comparison", drawings: groupCurves) ?? .list([])
  }

  private var contractual: [Markup] {
    guard let model = report.lifetimeValue?.contractual else { return [] }
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
    let chart = shareChart(
      "Customers left, observed and by the model", [projected, observed], xTitle: "\(view.period)s since start")
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
      return section.markup(
        id: "behaviour-\(index)", drawings: drawings, isFolded: section.title == "What follows what")
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
          caption: "Patterns with their intervals", isCaptionShown: false,
          [("pattern", false), ("p", true), ("p adjusted", true)],
          report.patterns.map { [$0.sentence, view.format.pValue($0.pValue), view.format.pValue($0.adjustedPValue)] }),
      ])
  }

  private var notes: Markup {
    report.notes.isEmpty ? .list([]) : HTMLPage.section("Notes", id: "notes", [HTMLPage.notes(report.notes)])
  }
}

import Experiments

extension Report {
  /// One self-contained page: verdict, key numbers, checks, forest plots, tables with all details, provenance.
  public static func html(_ analysis: Analysis) -> String {
    let page = AnalysisPage(view: AnalysisView(analysis))
    return HTMLPage(title: "\(page.view.headline) · Verdict", body: page.body).text
  }
}

struct AnalysisPage {
  let view: AnalysisView
  private var analysis: Analysis { view.analysis }

  init(view: AnalysisView) { self.view = view }

  var body: [Markup] { [.tag("main", [:], .list([headline, tiles, checks] + families)), footer] }

  private var headline: Markup {
    let (symbol, tone) =
      switch analysis.decision.outcome {
      case .ship: ("▲", "good")
      case .keep: ("■", "calm")
      case .extend: ("▶", "warn")
      case .rollback: ("▼", "bad")
      case .invalid: ("✗", "bad")
      }
    return HTMLPage.headline(
      badge: analysis.decision.outcome.rawValue, symbol: symbol, tone: tone, title: view.headline,
      reasons: analysis.decision.reasons, summary: "\(view.summary) · \(view.intervalName)s")
  }

  /// The lift of each goal metric over all units, guardrails by their outcome.
  private var tiles: Markup {
    var tiles: [(name: String, value: String, note: String, tone: String)] = []
    for metric in analysis.metrics where metric.role == .goal || metric.role == .guardrail {
      for comparison in metric.comparisons where comparison.segment == nil {
        let name = analysis.variants.count > 2 ? "\(metric.name), \(comparison.variant)" : metric.name
        let hasLift = comparison.lift.estimate != nil
        var note = hasLift ? view.liftInterval(comparison) : view.differenceInterval(comparison, metric)
        if let guardrail = comparison.guardrail { note = "guardrail \(guardrail.outcome.rawValue) · " + note }
        let lift = hasLift ? view.lift(comparison) : view.difference(comparison.difference.estimate, metric)
        tiles.append((name, lift, note, Self.tone(view.mark(comparison, metric))))
      }
    }
    return HTMLPage.tiles(Array(tiles.prefix(8)))
  }

  private static func tone(_ mark: AnalysisView.Mark) -> String {
    switch mark {
    case .better: "good"
    case .worse: "bad"
    case .none: ""
    }
  }

  private var checks: Markup {
    guard !analysis.checks.isEmpty else { return .list([]) }
    let items = analysis.checks.map { check -> Markup in
      let symbol = check.outcome == .pass ? "✓" : check.outcome == .warn ? "!" : "✗"
      let p = check.pValue == nil ? "" : Self.equation("p", view.format.pValue(check.pValue))
      return .tag(
        "li", [:],
        .tag("span", ["class": "state \(check.outcome.rawValue)"], .text("\(symbol) \(check.outcome.rawValue)")),
        .tag("span", ["class": "name"], .text(check.name)), .tag("span", ["class": "detail"], .text(check.detail)),
        .tag("span", ["class": "p-value"], .text(p)))
    }
    return HTMLPage.section("Checks", id: "checks", [.tag("ul", ["class": "checks"], .list(items))])
  }

  /// "p = 0.012", "p < 0.001".
  private static func equation(_ name: String, _ value: String) -> String {
    value.hasPrefix("<") || value.hasPrefix(">") ? "\(name) \(value)" : "\(name) = \(value)"
  }

  private var families: [Markup] {
    view.families.enumerated().map { index, family in
      HTMLPage.section(
        family.title, id: "family-\(index)",
        [forest(family), legend(index == 0), details(family)])
    }
  }

  private func legend(_ isShown: Bool) -> Markup {
    guard isShown else { return .list([]) }
    let correction = view.correctionName.map { ", p-values adjusted by \($0)" } ?? ""
    let alpha = view.format.setting(analysis.alpha)
    return .tag(
      "p", ["class": "legend"],
      .text(
        "Lift over \(analysis.control) with its \(view.intervalName). "
          + "✓ better and ✗ worse at alpha \(alpha)\(correction). An arrow: the interval goes beyond the axis."))
  }

  // MARK: Forest

  private func forest(_ family: AnalysisView.Family) -> Markup {
    let plot = family.axis.map(ForestPlot.init)
    let decimals = family.axis?.decimals(scale: 100) ?? 0
    var columns = ["c-name", "c-value", "c-value", "c-lift", "c-interval", "c-plot", "c-p"]
    if view.hasAdjusted { columns.append("c-p") }
    var head: [Markup] = [
      heading("", "name"), heading(analysis.control, "number value"), heading("treatment", "number value"),
      heading("lift", "number"), heading("\(view.level) interval", ""),
      .tag(
        "th", ["scope": "col", "class": "axis"],
        plot.map { $0.scale("axis of lift") { view.format.percent($0, decimals: decimals, signed: true) } } ?? .list([])
      ),
      heading("p", "number p"),
    ]
    if view.hasAdjusted { head.append(heading("p adj.", "number p")) }
    return .tag(
      "table", ["class": "forest"],
      .tag("colgroup", [:], .list(columns.map { .tag("col", ["class": $0]) })),
      .tag("thead", [:], .tag("tr", [:], .list(head))),
      .list(family.metrics.map { metric in .tag("tbody", [:], .list(rows(metric, plot, columns.count))) }))
  }

  private func heading(_ title: String, _ name: String) -> Markup {
    .tag("th", ["scope": "col", "class": name], .text(title))
  }

  private func rows(_ metric: Analysis.MetricResult, _ plot: ForestPlot?, _ columns: Int) -> [Markup] {
    let span = "\(columns)"
    var rows: [Markup] = [
      .tag(
        "tr", ["class": "metric"],
        .tag(
          "th", ["colspan": span, "scope": "rowgroup"], .tag("h3", [:], .text(metric.name)),
          .tag("span", ["class": "subtitle"], .text(view.subtitle(metric).joined(separator: " · ")))))
    ]
    for group in view.groups(metric) {
      if let column = group.column {
        rows.append(
          .tag(
            "tr", ["class": "by"],
            .tag("th", ["colspan": span, "scope": "rowgroup"], .text(view.title(column, metric)))))
      }
      for comparison in group.comparisons {
        rows.append(row(comparison, metric, plot))
        for remark in view.remarks(comparison, metric) {
          rows.append(.tag("tr", ["class": "remark"], .tag("td", ["colspan": span], .text("↳ \(remark)"))))
        }
      }
    }
    return rows
  }

  private func row(_ comparison: Analysis.Comparison, _ metric: Analysis.MetricResult, _ plot: ForestPlot?) -> Markup {
    let mark = view.mark(comparison, metric)
    let (symbol, word): (String, String) =
      switch mark {
      case .better: ("✓ ", "better")
      case .worse: ("✗ ", "worse")
      case .none: ("", "none")
      }
    let lift = comparison.lift
    let title =
      "\(metric.name), \(view.name(comparison)): lift \(view.lift(comparison)), \(view.level) \(view.liftInterval(comparison))"
    var cells: [Markup] = [
      .tag("th", ["scope": "row"], .text(view.name(comparison))),
      .tag("td", ["class": "number value"], .text(view.value(comparison.control.value, metric))),
      .tag("td", ["class": "number value"], .text(view.value(comparison.treatment.value, metric))),
      .tag("td", ["class": "number lift"], .text(symbol + view.lift(comparison))),
      .tag("td", ["class": "interval"], .text(view.liftInterval(comparison))),
      .tag(
        "td", ["class": "plot"],
        plot?.row(estimate: lift.estimate, lower: lift.lower, upper: lift.upper, title: title) ?? .list([])),
      .tag("td", ["class": "number p"], .text(view.format.pValue(comparison.pValue))),
    ]
    if view.hasAdjusted {
      cells.append(.tag("td", ["class": "number p"], .text(view.format.pValue(comparison.adjustedPValue))))
    }
    let part = comparison.segment == nil ? "" : " part"
    return .tag("tr", ["class": "row \(word)\(part)"], .list(cells))
  }

  // MARK: Details

  private func details(_ family: AnalysisView.Family) -> Markup {
    HTMLPage.folded("All numbers", family.metrics.map(detailTable))
  }

  private func detailTable(_ metric: Analysis.MetricResult) -> Markup {
    let format = view.format
    let rows = view.groups(metric).flatMap(\.comparisons).map { comparison -> [String] in
      func arm(_ arm: Analysis.ArmEstimate) -> [String] {
        [
          "\(view.value(arm.value, metric)) ± \(view.standardError(arm.standardError, metric))",
          format.count(arm.units),
        ]
      }
      var statistic = format.number(comparison.statistic, digits: 4)
      if let freedom = comparison.degreesOfFreedom { statistic += " (\(format.number(freedom, digits: 4)))" }
      return [view.name(comparison)] + arm(comparison.control) + arm(comparison.treatment) + [
        view.difference(comparison.difference.estimate, metric), view.differenceInterval(comparison, metric),
        view.lift(comparison), comparison.lift.method, comparison.test, statistic, format.pValue(comparison.pValue),
        format.pValue(comparison.adjustedPValue), format.percent(comparison.varianceReduction),
      ]
    }
    return HTMLPage.table(
      caption: "\(metric.name) (\(metric.kind)): value ± standard error",
      [
        ("", false), (analysis.control, true), ("units", true), ("treatment", true), ("units", true),
        ("difference", true), ("\(view.level) interval", true), ("lift", true), ("lift by", false), ("test", false),
        ("statistic (df)", true), ("p", true), ("p adj.", true), ("variance removed", true),
      ], rows)
  }

  private var footer: Markup { HTMLPage.provenance(view.provenance) }
}

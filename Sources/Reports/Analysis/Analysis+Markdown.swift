import Experiments

extension Report {
  /// GitHub's tables: decision, checks, metrics with all numbers, and where they come from.
  public static func markdown(_ analysis: Analysis) -> String {
    let view = AnalysisView(analysis)
    var out = MarkdownText()
    out.heading(1, view.headline)
    out.list(analysis.decision.reasons.map(MarkdownText.escape))
    out.paragraph(MarkdownText.escape("\(view.summary). \(view.intervalName)s."))
    if !analysis.checks.isEmpty {
      out.heading(2, "Checks")
      out.table(
        [("", false), ("check", false), ("p", true), ("detail", false)],
        analysis.checks.map { check in
          let symbol = check.outcome == .pass ? "✅" : check.outcome == .warn ? "⚠️" : "❌"
          let p = check.pValue == nil ? "" : view.format.pValue(check.pValue)
          return ["\(symbol) \(check.outcome.rawValue)", check.name, p, check.detail]
        })
    }
    for family in view.families {
      out.heading(2, family.title)
      for metric in family.metrics { add(metric, view, to: &out) }
    }
    out.heading(2, "Provenance")
    out.table([("", false), ("", false)], view.provenance.map { [$0.0, $0.1] })
    return out.text
  }

  private static func add(_ metric: Analysis.MetricResult, _ view: AnalysisView, to out: inout MarkdownText) {
    out.heading(3, metric.name)
    out.paragraph(MarkdownText.escape(view.subtitle(metric).joined(separator: " · ")))
    let hasSegments = metric.comparisons.contains { $0.segment != nil }
    var columns: [(String, Bool)] = [("variant", false)]
    if hasSegments { columns.append(("segment", false)) }
    columns += [
      (view.analysis.control, true), ("treatment", true), ("difference", true), ("lift", true),
      ("\(view.level) interval of lift", true), ("p", true),
    ]
    if view.hasAdjusted { columns.append(("p adjusted", true)) }
    columns.append(("", false))
    let rows = view.groups(metric).flatMap(\.comparisons).map { comparison in
      var row = [comparison.variant]
      if hasSegments { row.append(comparison.segment.map { "\($0.column) = \($0.label)" } ?? "all") }
      row += [
        view.value(comparison.control.value, metric), view.value(comparison.treatment.value, metric),
        view.difference(comparison.difference.estimate, metric), view.lift(comparison), view.liftInterval(comparison),
        view.format.pValue(comparison.pValue),
      ]
      if view.hasAdjusted { row.append(view.format.pValue(comparison.adjustedPValue)) }
      switch view.mark(comparison, metric) {
      case .better: row.append("✅ better")
      case .worse: row.append("❌ worse")
      case .none: row.append("")
      }
      return row
    }
    out.table(columns, rows)
    var remarks = view.groups(metric).compactMap(\.column).filter { !view.interactions($0, metric).isEmpty }
      .map { MarkdownText.escape(view.title($0, metric)) }
    for comparison in metric.comparisons {
      let label = comparison.segment.map { "\(comparison.variant), \($0.column) = \($0.label)" } ?? comparison.variant
      remarks += view.remarks(comparison, metric).map { MarkdownText.escape("\(label): \($0)") }
    }
    out.list(remarks)
  }
}

import Cohorts

extension Report {
  /// GitHub's tables: the triangle of retention, the curve over cohorts, survival, lifetime value, patterns.
  public static func markdown(_ report: CohortReport) -> String {
    let view = CohortView(report)
    var out = MarkdownText()
    out.heading(1, view.headline)
    out.paragraph(MarkdownText.escape(view.definition))
    for (title, table) in view.tables {
      out.heading(2, title)
      out.table(
        [("cohort", false), ("size", true)] + table.ages.map { ($0.label, true) },
        table.cohorts.map { cohort in
          [cohort.cohort, view.format.count(cohort.size)]
            + cohort.cells.map { $0.rate == nil ? "" : view.rate($0.rate) }
        })
      out.table(
        [
          ("age", true), ("cohorts", true), ("units", true), ("retained", true), ("\(view.level) interval", true),
          ("cohort mean", true),
        ],
        table.overall.map { point in
          [
            view.ageLabel(point.age, table), view.format.count(point.cohorts), view.format.count(point.observed),
            view.rate(point.weightedMean), view.interval(point.lower, point.upper), view.rate(point.simpleMean),
          ]
        })
    }
    for (title, curve) in view.curves {
      out.heading(2, "Survival, \(title)")
      out.paragraph(MarkdownText.escape(view.survivalSummary(curve)))
      out.paragraph(MarkdownText.escape(curve.definition))
    }
    view.comparisonSection?.write(to: &out)
    if report.lifetimeValue != nil {
      out.heading(2, "Lifetime value")
      out.list(view.lifetimeSentences.map(MarkdownText.escape))
      out.table(view.projectionColumns, view.projectionRows)
    }
    for section in view.contractualSections + view.behaviourSections { section.write(to: &out) }
    if !report.patterns.isEmpty {
      out.heading(2, "Patterns")
      out.paragraph("Associations, not causes: test them by an experiment.")
      out.table(
        [("pattern", false), ("p", true), ("p adjusted", true)],
        report.patterns.map { [$0.sentence, view.format.pValue($0.pValue), view.format.pValue($0.adjustedPValue)] })
    }
    out.list(report.notes.map(MarkdownText.escape))
    out.heading(2, "Provenance")
    out.table([("", false), ("", false)], view.provenance.map { [$0.0, $0.1] })
    return out.text
  }
}

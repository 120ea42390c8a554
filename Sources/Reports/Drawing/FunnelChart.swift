import Cohorts

/// A funnel as bars, one a step, with the share of those who started and its interval as a whisker.
struct FunnelChart {
  let funnel: FunnelReport
  let view: CohortView

  private static let rowHeight = 50.0
  private static let longestName = 28

  var markup: Markup {
    let shapes = funnel.steps.enumerated().flatMap { row, step in bar(step, Double(row) * Self.rowHeight) }
    return SVG.picture(
      height: Self.rowHeight * Double(funnel.steps.count), title: "Funnel: share of those who started",
      class: "chart funnel",
      shapes)
  }

  /// The words above the bar, so that both have the whole width on any screen.
  private func bar(_ step: FunnelReport.Step, _ top: Double) -> [Markup] {
    let share = step.fromStart?.estimate ?? 1
    let (words, middle) = (SVG.length(top + 15), SVG.length(top + 32))
    let isRequired = step.kind == .required
    let numbers = "\(view.format.count(step.units)) · \(view.rate(share))"
    var shapes = [
      SVG.text(shortened(step.name) + (isRequired ? "" : " (\(step.kind.rawValue))"), "0", words, "label"),
      SVG.text(numbers, "100%", words, anchor: "end", "label"),
      .tag(
        "rect",
        [
          "x": "0", "y": SVG.length(top + 22), "width": SVG.percent(max(share, 0.002)), "height": "20", "rx": "4",
          "class": isRequired ? "bar" : "bar faint",
        ],
        .tag("title", [:], .text("\(step.name): \(view.format.count(step.units)) units, \(view.rate(share))"))),
    ]
    if let lower = step.fromStart?.lower, let upper = step.fromStart?.upper {
      shapes.append(SVG.line(SVG.percent(lower), middle, SVG.percent(upper), middle, "whisker"))
    }
    return shapes
  }

  private func shortened(_ text: String) -> String {
    text.count > Self.longestName ? text.prefix(Self.longestName - 1) + "…" : text
  }
}

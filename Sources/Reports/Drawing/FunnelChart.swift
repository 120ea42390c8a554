import Cohorts

/// A funnel as bars, one a step, with the share of those who started and its interval as a whisker.
struct FunnelChart {
  let funnel: FunnelReport
  let view: CohortView

  private static let rowHeight = 44.0
  private static let left = 0.30
  private static let right = 0.97

  var markup: Markup {
    let shapes = funnel.steps.enumerated().flatMap { row, step in bar(step, Double(row) * Self.rowHeight) }
    return SVG.picture(
      height: Self.rowHeight * Double(funnel.steps.count), title: "Funnel: share of those who started",
      class: "chart funnel",
      shapes)
  }

  private func bar(_ step: FunnelReport.Step, _ top: Double) -> [Markup] {
    let share = step.fromStart?.estimate ?? 1
    let width = (Self.right - Self.left) * share
    let middle = SVG.length(top + Self.rowHeight / 2)
    let label = step.kind == .required ? step.name : "\(step.name) (\(step.kind.rawValue))"
    var shapes = [
      SVG.text(
        shortened(label), SVG.percent(Self.left - 0.015), SVG.length(top + Self.rowHeight / 2 + 4), anchor: "end",
        "label"),
      .tag(
        "rect",
        [
          "x": SVG.percent(Self.left), "y": SVG.length(top + 6), "width": SVG.percent(max(width, 0.002)),
          "height": SVG.length(Self.rowHeight - 12), "rx": "4", "class": step.kind == .required ? "bar" : "bar faint",
        ],
        .tag("title", [:], .text("\(label): \(view.format.count(step.units)) units, \(view.rate(share))"))),
    ]
    if let lower = step.fromStart?.lower, let upper = step.fromStart?.upper {
      shapes.append(SVG.line(x(lower), middle, x(upper), middle, "whisker"))
    }
    let isInside = width > 0.35 && step.kind == .required
    shapes.append(
      SVG.text(
        "\(view.format.count(step.units)) · \(view.rate(share))",
        isInside ? SVG.percent(Self.left + 0.015) : x(step.fromStart?.upper ?? share, plus: 0.015),
        SVG.length(top + Self.rowHeight / 2 + 4), isInside ? "on-bar" : "label"))
    return shapes
  }

  private func x(_ share: Double, plus: Double = 0) -> String {
    SVG.percent(Self.left + (Self.right - Self.left) * share + plus)
  }

  private func shortened(_ text: String) -> String { text.count > 18 ? text.prefix(17) + "…" : text }
}

/// A forest plot as SVG, one picture a row on a common axis. Positions are percentages, so a row fits any width.
package struct ForestPlot: Sendable {
  let axis: Axis
  /// Free space left and right of the axis, as a fraction of the width, so that labels of ticks are not cut.
  private let inset = 0.05
  private let height = 30.0

  package init(axis: Axis) { self.axis = axis }

  /// The ticks with their labels.
  package func scale(_ title: String, _ show: (Double) -> String) -> Markup {
    let every = axis.ticks.count > 6 ? 2 : 1
    let zeroIndex = axis.ticks.firstIndex { abs($0) < axis.step / 2 } ?? 0
    let labels = axis.ticks.enumerated().filter { ($0.offset - zeroIndex) % every == 0 }.map { _, tick in
      SVG.text(abs(tick) < axis.step / 2 ? "0" : show(tick), x(tick), "14", anchor: "middle")
    }
    return SVG.picture(height: 20, title: title, labels)
  }

  /// One estimate with its interval. An end without a bound, or beyond the axis, is an arrow.
  package func row(estimate: Double?, lower: Double?, upper: Double?, title: String) -> Markup {
    var shapes = axis.ticks.map { tick in
      SVG.line(x(tick), "0", x(tick), SVG.length(height), abs(tick) < axis.step / 2 ? "zero" : "tick")
    }
    if let estimate, estimate.isFinite {
      let low = lower.flatMap { $0.isNaN ? nil : $0 } ?? -.infinity
      let high = upper.flatMap { $0.isNaN ? nil : $0 } ?? .infinity
      let middle = SVG.length(height / 2)
      if low < axis.upper, high > axis.lower {
        shapes.append(SVG.line(x(max(low, axis.lower)), middle, x(min(high, axis.upper)), middle, "whisker"))
        shapes.append(low < axis.lower ? arrow(at: axis.lower, pointing: -1) : cap(low))
        shapes.append(high > axis.upper ? arrow(at: axis.upper, pointing: 1) : cap(high))
      }
      if axis.contains(estimate) { shapes.append(SVG.circle(x(estimate), middle, radius: 5, "point")) }
    }
    return SVG.picture(height: height, title: title, shapes)
  }

  private func cap(_ value: Double) -> Markup {
    SVG.line(x(value), SVG.length(height / 2 - 4), x(value), SVG.length(height / 2 + 4), "whisker")
  }

  /// A chevron of fixed size at an end of the axis.
  private func arrow(at value: Double, pointing direction: Double) -> Markup {
    let tip = direction * 5
    let d = "M \(SVG.length(-tip)) -5 L \(SVG.length(tip / 5)) 0 L \(SVG.length(-tip)) 5"
    return .element(
      "svg",
      [("x", x(value)), ("y", SVG.length(height / 2)), ("overflow", "visible"), ("width", "1"), ("height", "1")],
      [SVG.path(d, "arrow")])
  }

  private func x(_ value: Double) -> String { SVG.percent(inset + (1 - 2 * inset) * axis.fraction(value)) }
}

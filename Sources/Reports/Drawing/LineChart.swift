/// Curves with bands and points on linear axes, as SVG that fits any width with text of one size.
package struct LineChart: Sendable {
  package struct Series: Sendable {
    package var points: [(x: Double, y: Double)]
    /// Lower and upper ends of the band where there is one.
    package var band: [(x: Double, lower: Double, upper: Double)]
    /// Constant until the next point, as a Kaplan-Meier curve.
    package var isStep: Bool
    package var showsDots: Bool
    /// Classes of the style sheet: "", "second", "faint", "ahead", or "group group-N".
    package var style: String
    package var name: String

    package init(
      name: String, points: [(x: Double, y: Double)], band: [(x: Double, lower: Double, upper: Double)] = [],
      isStep: Bool = false, showsDots: Bool = false, style: String = ""
    ) {
      self.name = name
      self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
      self.band = band.filter { $0.x.isFinite && $0.lower.isFinite && $0.upper.isFinite }
      self.isStep = isStep
      self.showsDots = showsDots
      self.style = style
    }
  }

  package var title: String
  package var series: [Series]
  package var height = 260.0
  package var showX: @Sendable (Double) -> String
  package var showY: @Sendable (Double, _ decimals: Int) -> String
  package var xTitle: String

  package init(
    title: String, series: [Series], xTitle: String, showX: @escaping @Sendable (Double) -> String,
    showY: @escaping @Sendable (Double, _ decimals: Int) -> String
  ) {
    self.title = title
    self.series = series
    self.xTitle = xTitle
    self.showX = showX
    self.showY = showY
  }

  // The plot lies in these shares of the picture.
  private static let left = 0.105
  private static let right = 0.975
  private var top: Double { 10 / height }
  private var bottom: Double { 1 - 40 / height }

  /// Nothing if there is nothing finite to draw.
  package var markup: Markup {
    let xs = series.flatMap { $0.points.map(\.x) + $0.band.map(\.x) }
    let ys = series.flatMap { $0.points.map(\.y) + $0.band.flatMap { [$0.lower, $0.upper] } }
    guard let xAxis = Axis(covering: xs, ticks: 6), let yAxis = Axis(covering: ys + [0], ticks: 4),
      let first = xs.min(), let last = xs.max()
    else { return .list([]) }
    let range = first < last ? (first, last) : (xAxis.lower, xAxis.upper)
    let frame = Frame(chart: self, x: range, y: (yAxis.lower, yAxis.upper))
    var shapes: [Markup] = []
    for tick in yAxis.ticks {
      let y = frame.y(tick)
      shapes.append(SVG.line(SVG.percent(Self.left), y, SVG.percent(Self.right), y, tick == 0 ? "zero" : "tick"))
      shapes.append(
        .tag(
          "text", ["x": SVG.percent(Self.left - 0.012), "y": y, "dy": "4", "text-anchor": "end"],
          .text(showY(tick, yAxis.decimals(scale: 1)))))
    }
    for tick in xAxis.ticks where tick >= range.0 - 1e-9 * xAxis.step && tick <= range.1 + 1e-9 * xAxis.step {
      shapes.append(
        SVG.text(showX(tick), frame.x(tick), SVG.length(height - 24), anchor: "middle"))
    }
    shapes.append(
      SVG.text(xTitle, SVG.percent((Self.left + Self.right) / 2), SVG.length(height - 6), anchor: "middle"))
    shapes.append(
      SVG.stretched(
        x: SVG.percent(Self.left), y: SVG.percent(top), width: SVG.percent(Self.right - Self.left),
        height: SVG.percent(bottom - top), series.flatMap(frame.paths)))
    for one in series where one.showsDots {
      for point in one.points {
        shapes.append(
          SVG.circle(
            frame.x(point.x), frame.y(point.y), radius: 3.5, "dot \(one.style)",
            title: "\(one.name), \(showX(point.x)): \(showY(point.y, yAxis.decimals(scale: 1) + 1))"))
      }
    }
    return SVG.picture(height: height, title: title, class: "chart", shapes)
  }

  /// Data to positions.
  private struct Frame {
    let chart: LineChart
    let x: (Double, Double)
    let y: (Double, Double)

    private func share(_ value: Double, _ range: (Double, Double)) -> Double {
      (value - range.0) / (range.1 - range.0)
    }
    func x(_ value: Double) -> String {
      SVG.percent(LineChart.left + (LineChart.right - LineChart.left) * share(value, x))
    }
    func y(_ value: Double) -> String {
      SVG.percent(chart.bottom - (chart.bottom - chart.top) * share(value, y))
    }

    func paths(_ series: Series) -> [Markup] {
      var paths: [Markup] = []
      if series.band.count > 1 {
        let upper = track(series.band.map { ($0.x, $0.upper) }, series.isStep)
        let lower = track(series.band.map { ($0.x, $0.lower) }, series.isStep)
        paths.append(
          SVG.path("M " + (upper + lower.reversed()).joined(separator: " L ") + " Z", "band \(series.style)"))
      }
      if series.points.count > 1 {
        let track = track(series.points.map { ($0.x, $0.y) }, series.isStep)
        paths.append(SVG.path("M " + track.joined(separator: " L "), "curve \(series.style)"))
      }
      return paths
    }

    private func track(_ points: [(Double, Double)], _ isStep: Bool) -> [String] {
      var out: [String] = []
      var height: String?
      for (px, py) in points {
        let x = SVG.length(share(px, x) * 100)
        let y = SVG.length(100 - share(py, y) * 100)
        if isStep, let height { out.append("\(x) \(height)") }
        out.append("\(x) \(y)")
        height = y
      }
      return out
    }
  }
}

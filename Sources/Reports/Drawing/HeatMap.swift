import Cohorts

/// The triangle of retention as SVG: cohorts down, ages across, the rate in the cell, its interval in the cell's title.
struct HeatMap {
  let table: RetentionTable
  let view: CohortView

  private var isDense: Bool { table.ages.count > 32 }
  private var cellWidth: Double { isDense ? 14 : 50 }
  private let cellHeight = 28.0
  private let left = 150.0
  private let top = 24.0

  var markup: Markup {
    let width = left + cellWidth * Double(table.ages.count)
    let height = top + cellHeight * Double(table.cohorts.count)
    var shapes = [SVG.text("cohort", "0", "15"), SVG.text("size", SVG.length(left - 12), "15", anchor: "end")]
    for (index, age) in table.ages.enumerated() where !isDense || index % 5 == 0 {
      shapes.append(SVG.text(age.label, SVG.length(x(index) + cellWidth / 2), "15", anchor: "middle"))
    }
    for (row, cohort) in table.cohorts.enumerated() {
      let baseline = SVG.length(top + cellHeight * Double(row) + cellHeight / 2 + 4)
      shapes.append(SVG.text(cohort.cohort, "0", baseline, "label"))
      shapes.append(
        SVG.text(view.format.count(cohort.size), SVG.length(left - 12), baseline, anchor: "end", "label"))
      for (index, cell) in cohort.cells.prefix(table.ages.count).enumerated() {
        if let shape = shape(cell, cohort, row, index, baseline) { shapes.append(shape) }
      }
    }
    let picture = SVG.picture(
      width: SVG.length(width), height: height, viewBox: "0 0 \(SVG.length(width)) \(SVG.length(height))",
      title: "Retention by cohort and age", class: "heat", shapes)
    return .tag(
      "div", ["class": "scroll", "role": "region", "aria-label": "Retention by cohort and age", "tabindex": "0"],
      picture)
  }

  private func x(_ index: Int) -> Double { left + cellWidth * Double(index) }

  private func shape(
    _ cell: RetentionTable.Cell, _ cohort: RetentionTable.Cohort, _ row: Int, _ index: Int, _ baseline: String
  ) -> Markup? {
    guard let rate = cell.rate, rate.isFinite else { return nil }
    let share = min(max(rate, 0), 1)
    // The shade grows with the square root, so that the usual low rates can be told apart.
    let shade = 0.05 + 0.9 * share.squareRoot()
    let counts = cell.retained.map { "\(view.format.count($0)) of \(view.format.count(cell.observed)), " } ?? ""
    let title =
      "\(cohort.cohort), age \(table.ages[index].label): \(view.rate(rate)), \(counts)\(view.level) \(view.interval(cell.lower, cell.upper))"
    let box = Markup.tag(
      "rect",
      [
        "x": SVG.length(x(index) + 1), "y": SVG.length(top + cellHeight * Double(row) + 1),
        "width": SVG.length(cellWidth - 2), "height": SVG.length(cellHeight - 2), "rx": "4",
        "fill-opacity": SVG.length(shade),
      ])
    let number =
      isDense
      ? Markup.list([])
      : SVG.text(
        view.format.percent(rate, decimals: rate < 0.0995 ? 1 : 0), SVG.length(x(index) + cellWidth / 2), baseline,
        anchor: "middle", Self.textClass(shade))
    return .tag("g", [:], .tag("title", [:], .text(title)), box, number)
  }

  /// Black or white text, whichever has the contrast of 4.5 that WCAG 2 asks for on this shade, in light and in dark.
  private static func textClass(_ shade: Double) -> String {
    "cell" + (shade > 0.85 ? " on-light" : "") + (shade > 0.59 ? " on-dark" : "")
  }
}

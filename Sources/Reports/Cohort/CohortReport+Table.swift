import Cohorts

extension Report {
  /// For a terminal: the triangle of retention as a heat map, the curve over cohorts, survival, lifetime value, patterns.
  ///
  /// - Parameters: as of the analysis' `table`.
  public static func table(
    _ report: CohortReport, width: Int = 100, color: Bool = false, unicode: Bool = true
  ) -> String {
    let ink = Ink(color: color, unicode: unicode)
    return CohortTable(view: CohortView(report, unicode: unicode), width: max(width, 20), ink: ink).text
  }
}

private struct CohortTable {
  let view: CohortView
  let width: Int
  let ink: Ink
  private var report: CohortReport { view.report }

  init(view: CohortView, width: Int, ink: Ink) {
    self.view = view
    self.width = width
    self.ink = ink
  }

  var text: String {
    var out = wrapped(view.headline, style: .bold) + wrapped(view.definition, style: .dim)
    for (title, table) in view.tables { out += "\n" + triangle(title, table) + "\n" + overall(table) }
    for (title, curve) in view.curves { out += "\n" + survival(title, curve) }
    if let comparison = view.comparisonSection { out += "\n" + comparison.text(width: width, ink: ink) }
    out += lifetimeValue
    for section in view.contractualSections + view.behaviourSections {
      out += "\n" + section.text(width: width, ink: ink)
    }
    out += patterns
    if !report.notes.isEmpty { out += "\n" + report.notes.map { wrapped($0, first: "\(ink.bullet) ") }.joined() }
    return out + "\n" + view.provenance.map { wrapped("\($0.0): \($0.1)", style: .dim) }.joined()
  }

  private func wrapped(_ text: String, first: String = "", style: TextStyle = .plain) -> String {
    TextWrap.lines(text, width: width, first: first).map { ink.paint($0, style) + "\n" }.joined()
  }

  // MARK: Retention

  /// Cohorts down, ages across; ages that do not fit the width are counted below.
  private func triangle(_ title: String, _ table: RetentionTable) -> String {
    let label = 10
    let size = max(4, table.cohorts.map { view.format.count($0.size).count }.max() ?? 4)
    let cell = max(5, table.ages.map(\.label.count).max() ?? 0)
    let shown = min(table.ages.count, max((width - label - size - 3) / (cell + 1), 1))
    var columns: [TextTable.Column] = [.init("cohort"), .init("size", .right)]
    for age in table.ages.prefix(shown) { columns.append(.init(.init(age.label), .right)) }
    var grid = TextTable(columns)
    grid.gap = 1
    for cohort in table.cohorts {
      var cells: [TextTable.Cell] = [.init(cohort.cohort), .init(view.format.count(cohort.size))]
      cells += cohort.cells.prefix(shown).map { heat($0.rate, width: cell) }
      grid.add(cells)
    }
    var out = wrapped(title, style: .bold) + grid.text(width: width, ink: ink)
    let hidden = table.ages.count - shown
    if hidden > 0 {
      out += wrapped(
        "\(hidden) more \(hidden == 1 ? "age" : "ages") to the right; a wider terminal, CSV or HTML shows them.",
        style: .dim)
    }
    let legend =
      ink.unicode ? "░ 1-20%  ▒ 20-40%  ▓ 40-60%  █ 60% and more" : ". 1-20%  : 20-40%  + 40-60%  # 60% and more"
    return out + wrapped("\(legend); blank: not observed yet", style: .dim)
  }

  /// A shade and the rate in percent; blank where nobody could be observed.
  private func heat(_ rate: Double?, width: Int) -> TextTable.Cell {
    guard let rate, rate.isFinite else { return "" }
    let level = rate < 0.01 ? 0 : rate < 0.2 ? 1 : rate < 0.4 ? 2 : rate < 0.6 ? 3 : 4
    let shade = Array(ink.unicode ? " ░▒▓█" : " .:+#")[level]
    let number = view.format.number((rate * 100).rounded(), digits: 3)
    let styles: [TextStyle] = [
      .dim, .plain, TextStyle(color: .cyan), TextStyle(color: .green), TextStyle(bold: true, color: .green),
    ]
    return .init("\(shade)\(String(repeating: " ", count: max(width - 1 - number.count, 0)))\(number)", styles[level])
  }

  private func overall(_ table: RetentionTable) -> String {
    var grid = TextTable([
      .init("age", .right), .init("cohorts", .right, droppedAt: 3), .init("units", .right, droppedAt: 2),
      .init("retained", .right), .init(.init("\(view.level) interval"), droppedAt: 1),
      .init(.init { width in Array(repeating: " ", count: width).joined() }, droppedAt: 5),
      .init("cohort mean", .right, droppedAt: 4),
    ])
    let forest = Axis(covering: [0, 1], ticks: 2).map { TextForest(axis: $0, unicode: ink.unicode) }
    for point in table.overall {
      grid.add([
        .init(view.ageLabel(point.age, table)), .init(view.format.count(point.cohorts)),
        .init(view.format.count(point.observed)), .init(view.rate(point.weightedMean)),
        .init(view.interval(point.lower, point.upper)),
        .init { width in
          forest?.line(estimate: point.weightedMean, lower: point.lower, upper: point.upper, width: width) ?? ""
        },
        .init(view.rate(point.simpleMean)),
      ])
    }
    return grid.isEmpty ? "" : grid.text(width: width, ink: ink)
  }

  // MARK: Survival and value

  private func survival(_ title: String, _ curve: SurvivalCurve) -> String {
    var out = wrapped("Survival, \(title)", style: .bold) + wrapped(view.survivalSummary(curve))
    guard let axis = Axis(covering: [0, 1], ticks: 2) else { return out }
    let forest = TextForest(axis: axis, unicode: ink.unicode)
    var grid = TextTable([
      .init(.init(curve.timeUnit), .right), .init("at risk", .right, droppedAt: 2), .init("survival", .right),
      .init(.init("\(view.level) interval"), droppedAt: 1),
      .init(.init { String(repeating: " ", count: $0) }, droppedAt: 3),
    ])
    let step = max(1, (curve.points.count + 11) / 12)
    for point in curve.points.enumerated().filter({ $0.offset % step == 0 || $0.offset == curve.points.count - 1 }).map(
      \.element)
    {
      grid.add([
        .init(view.format.number(point.time)), .init(view.format.count(point.atRisk)),
        .init(view.rate(point.survival)), .init(view.interval(point.lower, point.upper)),
        .init { width in
          guard let lower = point.lower, let upper = point.upper else {
            return forest.line(estimate: point.survival, lower: point.survival, upper: point.survival, width: width)
          }
          return forest.line(estimate: point.survival, lower: lower, upper: upper, width: width)
        },
      ])
    }
    if !grid.isEmpty { out += grid.text(width: width, ink: ink) }
    return out + wrapped(curve.definition, style: .dim)
  }

  private var lifetimeValue: String {
    guard let lifetime = report.lifetimeValue else { return "" }
    var out = "\n" + wrapped("Lifetime value", style: .bold)
    out += view.lifetimeSentences.map { wrapped($0, first: "\(ink.bullet) ") }.joined()
    if let projection = lifetime.projection {
      var grid = TextTable([
        .init("period", .right), .init("purchases to come", .left), .init("value to come", .left, droppedAt: 1),
      ])
      for point in projection.overall {
        grid.add([.init("\(point.period)"), .init(view.estimate(point.purchases)), .init(view.estimate(point.value))])
      }
      out += "\n" + grid.text(width: width, ink: ink)
    }
    if !view.projectionRows.isEmpty {
      var grid = TextTable(
        view.projectionColumns.enumerated().map { index, column in
          .init(.init(column.title), column.numeric ? .right : .left, droppedAt: [2: 1, 4: 2, 3: 3][index])
        })
      for row in view.projectionRows { grid.add(row.map { .init($0) }) }
      out += "\n" + grid.text(width: width, ink: ink)
    }
    return out
  }

  private var patterns: String {
    guard !report.patterns.isEmpty else { return "" }
    var out = "\n" + wrapped("Patterns (associations: test them by an experiment)", style: .bold)
    for pattern in report.patterns {
      let p = pattern.adjustedPValue ?? pattern.pValue
      let shown = p == nil ? "" : " (p \(pattern.adjustedPValue == nil ? "" : "adj. ")\(view.format.pValue(p)))"
      out += wrapped(pattern.sentence + shown, first: "\(ink.bullet) ")
    }
    return out
  }
}

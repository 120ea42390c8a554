import Experiments

extension Report {
  /// For a terminal: the decision with its reasons, the checks, then each metric with its lift drawn on a common axis.
  ///
  /// - Parameters:
  ///   - width: no line is wider, in columns; at least 20.
  ///   - color: ANSI colours; symbols say the same without.
  ///   - unicode: symbols beyond ASCII (labels stay as they are).
  public static func table(
    _ analysis: Analysis, width: Int = 100, color: Bool = false, unicode: Bool = true
  ) -> String {
    let ink = Ink(color: color, unicode: unicode)
    return AnalysisTable(view: AnalysisView(analysis, unicode: unicode), width: max(width, 20), ink: ink).text
  }
}

private struct AnalysisTable {
  let view: AnalysisView
  let width: Int
  let ink: Ink
  private var analysis: Analysis { view.analysis }

  init(view: AnalysisView, width: Int, ink: Ink) {
    self.view = view
    self.width = width
    self.ink = ink
  }

  var text: String {
    var out = decision + "\n" + checks
    for family in view.families { out += "\n" + table(family) }
    return out + "\n" + footer
  }

  private func wrapped(_ text: String, first: String = "", style: TextStyle = .plain) -> String {
    TextWrap.lines(text, width: width, first: first).map { ink.paint($0, style) + "\n" }.joined()
  }

  private var decision: String {
    let (symbol, color): (String, TextStyle.Color) =
      switch analysis.decision.outcome {
      case .ship: (ink.symbol("▲", "^"), .green)
      case .keep: (ink.symbol("■", "="), .blue)
      case .extend: (ink.symbol("▶", ">"), .yellow)
      case .rollback: (ink.symbol("▼", "v"), .red)
      case .invalid: (ink.symbol("✗", "x"), .red)
      }
    var out = wrapped(
      view.headline.uppercasedFirstWord, first: symbol + " ", style: TextStyle(bold: true, color: color))
    for reason in analysis.decision.reasons { out += wrapped(reason, first: "  \(ink.bullet) ") }
    return out + wrapped("\(view.summary) \(ink.dot) \(view.intervalName)s", first: "  ", style: .dim)
  }

  private var checks: String {
    guard !analysis.checks.isEmpty else { return "" }
    var table = TextTable([
      .init("Checks"), .init("p", .right), .init("", minimum: 12),
    ])
    func widest(_ title: String, _ texts: [String]) -> Int { (texts + [title]).map { DisplayWidth.of($0) }.max() ?? 0 }
    let pValues = analysis.checks.map { $0.pValue == nil ? "" : ink.format.pValue($0.pValue) }
    let before = widest("Checks", analysis.checks.map { "! " + $0.name }) + widest("p", pValues) + 2 * table.gap
    for (check, p) in zip(analysis.checks, pValues) {
      let (symbol, color): (String, TextStyle.Color) =
        switch check.outcome {
        case .pass: (ink.symbol("✓", "+"), .green)
        case .warn: (ink.symbol("!", "!"), .yellow)
        case .fail: (ink.symbol("✗", "x"), .red)
        }
      let lines = TextWrap.lines(check.detail, width: max(self.width - before, 12))
      table.add([.init("\(symbol) \(check.name)", TextStyle(color: color)), .init(p), .init(lines.first ?? "")])
      for line in lines.dropFirst() { table.add(["", "", .init(line)]) }
    }
    return table.text(width: width, ink: ink)
  }

  private func table(_ family: AnalysisView.Family) -> String {
    var table = TextTable(columns(family))
    for (index, metric) in family.metrics.enumerated() {
      if index > 0 { table.addBlank() }
      let subtitle = view.subtitle(metric).joined(separator: " \(ink.dot) ")
      table.add(heading: .init("\(metric.name)  \(subtitle)", .bold))
      for group in view.groups(metric) {
        if let column = group.column { table.add(heading: .init("  " + view.title(column, metric), .dim)) }
        for comparison in group.comparisons { add(comparison, metric, family.axis, to: &table) }
      }
    }
    return table.text(width: width, ink: ink)
  }

  private func columns(_ family: AnalysisView.Family) -> [TextTable.Column] {
    var columns: [TextTable.Column] = [
      .init(.init(family.title), minimum: 12), .init(.init(analysis.control), .right, droppedAt: 3, minimum: 7),
      .init("treatment", .right, droppedAt: 3), .init("lift", .right),
      .init(.init("\(view.level) interval"), .left, droppedAt: 1),
    ]
    if let axis = family.axis {
      let forest = TextForest(axis: axis, unicode: ink.unicode)
      let decimals = axis.decimals(scale: 100)
      let format = ink.format
      columns.append(
        .init(
          .init { width in forest.header(width: width) { format.percent($0, decimals: decimals, signed: true) } },
          droppedAt: 4))
    }
    columns.append(.init("p", .right, droppedAt: view.hasAdjusted ? 2 : nil))
    if view.hasAdjusted { columns.append(.init("p adj.", .right)) }
    return columns
  }

  private func add(
    _ comparison: Analysis.Comparison, _ metric: Analysis.MetricResult, _ axis: Axis?, to table: inout TextTable
  ) {
    let (symbol, style): (String, TextStyle) =
      switch view.mark(comparison, metric) {
      case .better: (ink.symbol("✓", "+"), TextStyle(color: .green))
      case .worse: (ink.symbol("✗", "x"), TextStyle(color: .red))
      case .none: (" ", .plain)
      }
    let indent = comparison.segment == nil ? "  " : "    "
    var cells: [TextTable.Cell] = [
      .init(indent + view.name(comparison)), .init(view.value(comparison.control.value, metric)),
      .init(view.value(comparison.treatment.value, metric)), .init("\(symbol) \(view.lift(comparison))", style),
      .init(view.liftInterval(comparison)),
    ]
    if let axis {
      let forest = TextForest(axis: axis, unicode: ink.unicode)
      let lift = comparison.lift
      cells.append(
        .init(style) { forest.line(estimate: lift.estimate, lower: lift.lower, upper: lift.upper, width: $0) })
    }
    cells.append(.init(ink.format.pValue(comparison.pValue)))
    if view.hasAdjusted { cells.append(.init(ink.format.pValue(comparison.adjustedPValue))) }
    table.add(cells)
    for remark in view.remarks(comparison, metric) {
      for line in TextWrap.lines(remark, width: width, first: indent + "  \(ink.symbol("↳", "-")) ") {
        table.add(heading: .init(line, .dim))
      }
    }
  }

  private var footer: String {
    var out = ""
    let legend =
      "\(ink.symbol("✓", "+")) better, \(ink.symbol("✗", "x")) worse at alpha \(ink.format.setting(analysis.alpha))"
    let correction = view.correctionName.map { "p adj. by \($0)" } ?? "p-values are not adjusted"
    out += wrapped("\(legend); \(correction).", style: .dim)
    for (name, text) in view.provenance {
      out += wrapped(text, first: name.padding(to: 9), style: .dim)
    }
    return out
  }
}

extension String {
  /// Ship B -> SHIP B: the verdict stands out without colour as well.
  fileprivate var uppercasedFirstWord: String {
    let words = split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = words.first else { return self }
    return ([first.uppercased()] + words.dropFirst().map(String.init)).joined(separator: " ")
  }

  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(width - DisplayWidth.of(self), 1))
  }
}

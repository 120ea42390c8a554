/// Estimates with their intervals drawn in characters: `│   ├──●──┤ `, one line each, on a common axis.
package struct TextForest: Sendable {
  let axis: Axis
  let unicode: Bool

  package init(axis: Axis, unicode: Bool) {
    self.axis = axis
    self.unicode = unicode
  }

  /// The ends of the axis and its zero, as a header.
  package func header(width: Int, _ show: (Double) -> String) -> String {
    var line = [Character](repeating: " ", count: width)
    func place(_ text: String, from start: Int) {
      guard start >= 0, start + text.count <= width else { return }
      let spot = max(start - 1, 0)..<min(start + text.count + 1, width)
      guard line[spot].allSatisfy({ $0 == " " }) else { return }
      for (offset, character) in text.enumerated() { line[start + offset] = character }
    }
    if let zero { place("0", from: column(zero, width)) }
    let low = show(axis.lower)
    let high = show(axis.upper)
    if axis.lower != 0 { place(low, from: 0) }
    if axis.upper != 0 { place(high, from: width - high.count) }
    return String(line)
  }

  /// One interval; an end that is unbounded, or beyond the axis, is an arrow.
  package func line(estimate: Double?, lower: Double?, upper: Double?, width: Int) -> String {
    guard width >= 5 else { return "" }
    var line = [Character](repeating: " ", count: width)
    if let zero { line[column(zero, width)] = unicode ? "│" : ":" }
    guard let estimate, estimate.isFinite else { return String(line) }
    let low = lower ?? -.infinity
    let high = upper ?? .infinity
    guard !low.isNaN, !high.isNaN else { return String(line) }
    let from = low < axis.lower ? 0 : column(low, width)
    let to = high > axis.upper ? width - 1 : column(high, width)
    guard from <= to else { return String(line) }
    for index in from...to { line[index] = line[index] == "│" ? "┼" : unicode ? "─" : "-" }
    line[from] = low < axis.lower ? (unicode ? "◂" : "<") : (unicode ? "├" : "|")
    line[to] = high > axis.upper ? (unicode ? "▸" : ">") : (unicode ? "┤" : "|")
    if axis.contains(estimate) { line[column(estimate, width)] = unicode ? "●" : "*" }
    return String(line)
  }

  private var zero: Double? { axis.contains(0) ? 0 : nil }

  private func column(_ value: Double, _ width: Int) -> Int {
    let share = axis.fraction(value) * Double(width - 1)
    guard share > 0 else { return 0 }
    return share < Double(width - 1) ? Int(share.rounded()) : width - 1
  }
}

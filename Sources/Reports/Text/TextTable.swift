/// A table for the terminal that fits a width: columns of least importance are dropped first, then texts are cut with "…".
///
/// ```
/// var table = TextTable([.init("kernel"), .init("cases", .right), .init("worst error", .right, importance: 1)])
/// table.add(["welch-t-test", "24", "3.1e-14"])
/// print(table.text(width: 100, ink: ink), terminator: "")
/// ```
package struct TextTable: Sendable {
  package enum Alignment: Sendable { case left, right, center }

  package struct Column: Sendable {
    package var title: Cell
    package var alignment: Alignment
    /// Columns with the highest importance number are dropped first when the width is short; nil is never dropped.
    package var droppedAt: Int?
    /// The width below which the column is not cut; nil: it is cut only when nothing else helps.
    package var minimum: Int?

    package init(_ title: Cell, _ alignment: Alignment = .left, droppedAt: Int? = nil, minimum: Int? = nil) {
      self.title = title
      self.alignment = alignment
      self.droppedAt = droppedAt
      self.minimum = minimum
    }
  }

  package struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package var text: String
    package var style: TextStyle
    /// Draws the cell into the width that the column got; such a column takes the width that is left.
    package var draw: (@Sendable (Int) -> String)?

    package init(_ text: String, _ style: TextStyle = .plain) {
      self.text = DisplayWidth.printable(text)
      self.style = style
    }
    package init(_ style: TextStyle = .plain, drawing: @escaping @Sendable (Int) -> String) {
      self.text = ""
      self.style = style
      draw = drawing
    }
    package init(stringLiteral value: String) { self.init(value) }
  }

  private enum Row: Sendable {
    case cells([Cell])
    case heading(Cell)
    case blank
  }

  package var columns: [Column]
  /// The range of widths of columns that draw.
  package var drawingWidth = 15...36
  package var gap = 2
  private var rows: [Row] = []

  package init(_ columns: [Column]) { self.columns = columns }

  /// A row; cells that are missing at its end are empty.
  package mutating func add(_ cells: [Cell]) { rows.append(.cells(cells)) }
  /// A line across all columns.
  package mutating func add(heading: Cell) { rows.append(.heading(heading)) }
  package mutating func addBlank() { rows.append(.blank) }
  package var isEmpty: Bool { rows.isEmpty }

  /// The table with its header and a rule below it; each line at most `width` columns and ended by a newline.
  package func text(width: Int, ink: Ink, indent: Int = 0) -> String {
    let room = max(width - indent, 1)
    let layout = Layout(self, room: room)
    let margin = String(repeating: " ", count: min(indent, max(width - 1, 0)))
    var out = ""
    func line(_ text: String) { out += text.isEmpty ? "\n" : margin + text + "\n" }
    if columns.contains(where: { !$0.title.text.isEmpty || $0.title.draw != nil }) {
      line(
        layout.line(
          columns.map { column in
            var title = column.title
            title.style = .bold
            return title
          }, ink))
      line(ink.paint(String(repeating: ink.rule, count: layout.total), .dim))
    }
    for row in rows {
      switch row {
      case .cells(let cells): line(layout.line(cells, ink))
      case .heading(let cell):
        line(ink.paint(DisplayWidth.truncate(cell.text, to: room, unicode: ink.unicode), cell.style))
      case .blank: line("")
      }
    }
    return out
  }

  /// Widths of the columns that are shown.
  private struct Layout {
    var widths: [(column: Int, width: Int)] = []
    let table: TextTable
    var total: Int { widths.reduce(0) { $0 + $1.width } + max(widths.count - 1, 0) * table.gap }

    init(_ table: TextTable, room: Int) {
      self.table = table
      for index in table.columns.indices { widths.append((index, Self.naturalWidth(table, index))) }
      while total > room, let drop = dropped() { widths.remove(at: drop) }
      cut(to: room, keepMinimum: true)
      cut(to: room, keepMinimum: false)
      while total > room, widths.count > 1 { widths.removeLast() }
      for index in widths.indices where isDrawn(widths[index].column) {
        widths[index].width = min(widths[index].width + max(room - total, 0), table.drawingWidth.upperBound)
      }
    }

    /// The shown column that goes first.
    private func dropped() -> Int? {
      widths.indices.filter { table.columns[widths[$0].column].droppedAt != nil }
        .max { (table.columns[widths[$0].column].droppedAt ?? 0) < (table.columns[widths[$1].column].droppedAt ?? 0) }
    }

    private mutating func cut(to room: Int, keepMinimum: Bool) {
      while total > room {
        let open = widths.indices.filter { index in
          let minimum = table.columns[widths[index].column].minimum
          return keepMinimum ? minimum.map { widths[index].width > $0 } ?? false : widths[index].width > 1
        }
        guard let widest = open.max(by: { widths[$0].width < widths[$1].width }) else { return }
        widths[widest].width -= 1
      }
    }

    private func isDrawn(_ column: Int) -> Bool { table.columns[column].title.draw != nil }

    private static func naturalWidth(_ table: TextTable, _ column: Int) -> Int {
      if table.columns[column].title.draw != nil { return table.drawingWidth.lowerBound }
      var width = DisplayWidth.of(table.columns[column].title.text)
      for case .cells(let cells) in table.rows where column < cells.count {
        width = max(width, DisplayWidth.of(cells[column].text))
      }
      return max(width, 1)
    }

    func line(_ cells: [Cell], _ ink: Ink) -> String {
      var out = ""
      var pending = 0
      for (position, entry) in widths.enumerated() {
        if position > 0 { pending += table.gap }
        let cell = entry.column < cells.count ? cells[entry.column] : Cell("")
        var text = cell.draw?(entry.width) ?? DisplayWidth.truncate(cell.text, to: entry.width, unicode: ink.unicode)
        let free = max(entry.width - DisplayWidth.of(text), 0)
        let left =
          switch table.columns[entry.column].alignment {
          case .left: 0
          case .right: free
          case .center: free / 2
          }
        if position == widths.count - 1 { while text.hasSuffix(" ") { text.removeLast() } }
        pending += left
        if !text.isEmpty {
          out += String(repeating: " ", count: pending) + ink.paint(text, cell.style)
          pending = 0
        }
        pending += free - left
      }
      return out
    }
  }
}

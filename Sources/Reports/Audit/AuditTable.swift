import Allocation

/// The audit for a terminal.
struct AuditTable {
  let view: AuditView
  let width: Int
  let ink: Ink

  var text: String {
    var out = wrapped(view.headline, style: .bold) + wrapped(view.summary, style: .dim)
    for finding in view.audit.findings { out += wrapped(finding, first: ink.symbol("✗ ", "x ")) }
    for section in view.sections {
      var grid = TextTable(
        section.columns.enumerated().map { index, column in
          .init(.init(column.title), column.numeric ? .right : .left, droppedAt: index < 2 ? nil : index)
        })
      for row in section.rows { grid.add(row.map { .init($0) }) }
      out += "\n" + wrapped(section.title, style: .bold) + grid.text(width: width, ink: ink)
      if let note = section.note { out += wrapped(note, style: .dim) }
    }
    return out
  }

  private func wrapped(_ text: String, first: String = "", style: TextStyle = .plain) -> String {
    TextWrap.lines(text, width: width, first: first).map { ink.paint($0, style) + "\n" }.joined()
  }
}

import Basics

/// What a check of an allocation shows in every form: a headline, findings, and tables.
struct FindingsView {
  struct Section {
    let title: String
    let columns: [(title: String, numeric: Bool)]
    let rows: [[String]]
    var note: String?
  }

  /// What is checked, in two or three words.
  let badge: String
  let schema: String
  let headline: String
  let summary: String
  /// Empty: it passed.
  let findings: [String]
  let sections: [Section]

  // MARK: - Terminal

  func table(width: Int, ink: Ink) -> String {
    func wrapped(_ text: String, first: String = "", style: TextStyle = .plain) -> String {
      TextWrap.lines(text, width: width, first: first).map { ink.paint($0, style) + "\n" }.joined()
    }
    var out = wrapped(headline, style: .bold) + wrapped(summary, style: .dim)
    for finding in findings { out += wrapped(finding, first: ink.symbol("✗ ", "x ")) }
    for section in sections {
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

  // MARK: - Markdown

  /// GitHub's tables.
  var markdown: String {
    var out = MarkdownText()
    out.heading(1, headline)
    out.paragraph(MarkdownText.escape(summary))
    out.list(findings.map(MarkdownText.escape))
    for section in sections {
      out.heading(2, section.title)
      out.table(section.columns, section.rows)
      if let note = section.note { out.paragraph(MarkdownText.escape(note)) }
    }
    return out.text
  }

  // MARK: - HTML

  /// One self-contained page.
  ///
  /// - Parameter pictures: sections that are put in at the place given.
  func html(pictures: [(place: Int, markup: Markup)] = []) -> String {
    var tables = sections.enumerated().map { index, section in
      HTMLPage.section(
        section.title, id: "section-\(index)",
        [HTMLPage.table(caption: section.note ?? section.title, section.columns, section.rows)])
    }
    for picture in pictures { tables.insert(picture.markup, at: min(picture.place, tables.count)) }
    let passed = findings.isEmpty
    let top = HTMLPage.headline(
      badge: badge, symbol: passed ? "✓" : "✗", tone: passed ? "good" : "bad", title: headline, reasons: findings,
      summary: summary)
    return HTMLPage(
      title: "\(headline) · Verdict",
      body: [
        .tag("main", [:], .list([top] + tables)),
        HTMLPage.provenance([("schema", schema), ("version", ToolVersion.current)]),
      ]
    ).text
  }
}

/// A result as a reader sees it: a headline, tables with captions, notes. One value, three forms.
package struct Exhibit: Sendable {
  package struct Column: Sendable {
    package var title: String
    package var numeric: Bool
    /// Dropped in narrow terminals, the highest first; nil is never dropped.
    package var droppedAt: Int?
    package init(_ title: String, numeric: Bool = false, droppedAt: Int? = nil) {
      (self.title, self.numeric, self.droppedAt) = (title, numeric, droppedAt)
    }
  }
  package struct Section: Sendable {
    package var title: String
    package var words: String?
    package var columns: [Column]
    package var rows: [[String]]
    package init(_ title: String, words: String? = nil, _ columns: [Column], _ rows: [[String]]) {
      (self.title, self.words, self.columns, self.rows) = (title, words, columns, rows)
    }
  }

  package var badge: String
  package var title: String
  package var summary: String
  package var tiles: [(name: String, value: String, note: String, tone: String)] = []
  /// A picture of ours as SVG, for the page alone.
  package var drawing: String?
  package var sections: [Section] = []
  package var notes: [String] = []
  package var provenance: [(String, String)] = []

  package init(badge: String, title: String, summary: String) {
    (self.badge, self.title, self.summary) = (badge, title, summary)
  }

  // MARK: - Forms

  package func text(_ options: ReportOptions) -> String {
    let ink = Ink(color: options.color, unicode: options.unicode)
    func wrapped(_ text: String, first: String = "", style: TextStyle = .plain) -> String {
      TextWrap.lines(text, width: options.width, first: first).map { ink.paint($0, style) + "\n" }.joined()
    }
    var out = wrapped(title, style: .bold) + wrapped(summary, style: .dim)
    for section in sections where !section.rows.isEmpty {
      out += "\n" + wrapped(section.title, style: .bold)
      if let words = section.words { out += wrapped(words, style: .dim) }
      var table = TextTable(
        section.columns.map { .init(.init($0.title), $0.numeric ? .right : .left, droppedAt: $0.droppedAt) })
      for row in section.rows { table.add(row.map { .init($0) }) }
      out += table.text(width: options.width, ink: ink)
    }
    if !notes.isEmpty { out += "\n" + notes.map { wrapped($0, first: "\(ink.bullet) ") }.joined() }
    if !provenance.isEmpty {
      out += "\n" + provenance.map { wrapped("\($0.0): \($0.1)", style: .dim) }.joined()
    }
    return out
  }

  package var markdown: String {
    var out = MarkdownText()
    out.heading(1, title)
    out.paragraph(MarkdownText.escape(summary))
    for section in sections where !section.rows.isEmpty {
      out.heading(2, section.title)
      if let words = section.words { out.paragraph(MarkdownText.escape(words)) }
      out.table(section.columns.map { ($0.title, $0.numeric) }, section.rows)
    }
    out.list(notes.map(MarkdownText.escape))
    if !provenance.isEmpty {
      out.heading(2, "Provenance")
      out.table([("", false), ("", false)], provenance.map { [$0.0, $0.1] })
    }
    return out.text
  }

  package var html: String {
    var main: [Markup] = [
      HTMLPage.headline(badge: badge, symbol: "◢", tone: "calm", title: title, reasons: [], summary: summary),
      HTMLPage.tiles(tiles),
    ]
    if let drawing {
      main.append(.tag("div", ["class": "card scroll drawing", "tabindex": "0"], .drawing(drawing)))
    }
    for (index, section) in sections.enumerated() where !section.rows.isEmpty {
      main.append(
        HTMLPage.section(
          section.title, id: "section-\(index)",
          [
            section.words.map { .tag("p", ["class": "subtitle"], .text($0)) } ?? .list([]),
            HTMLPage.table(
              caption: section.title, isCaptionShown: false, section.columns.map { ($0.title, $0.numeric) },
              section.rows),
          ]))
    }
    if !notes.isEmpty { main.append(HTMLPage.section("Notes", id: "notes", [HTMLPage.notes(notes)])) }
    return HTMLPage(
      title: "\(title) · Verdict", body: [.tag("main", [:], .list(main)), HTMLPage.provenance(provenance)]
    ).text
  }
}

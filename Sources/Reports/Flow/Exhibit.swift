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
  /// A command line to go on with; never broken, so that it can be pasted.
  package var command: String?

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
    for section in sections where !section.rows.isEmpty { out += "\n" + section.text(width: options.width, ink: ink) }
    if !notes.isEmpty { out += "\n" + notes.map { wrapped($0, first: "\(ink.bullet) ") }.joined() }
    if !provenance.isEmpty {
      out += "\n" + provenance.map { wrapped("\($0.0): \($0.1)", style: .dim) }.joined()
    }
    if let command { out += "\n" + wrapped("Start with", style: .bold) + command + "\n" }
    return out
  }

  package var markdown: String {
    var out = MarkdownText()
    out.heading(1, title)
    out.paragraph(MarkdownText.escape(summary))
    for section in sections where !section.rows.isEmpty { section.write(to: &out) }
    out.list(notes.map(MarkdownText.escape))
    if !provenance.isEmpty {
      out.heading(2, "Provenance")
      out.table([("", false), ("", false)], provenance.map { [$0.0, $0.1] })
    }
    if let command {
      out.heading(2, "Start with")
      out.code(command)
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
      main.append(section.markup(id: "section-\(index)"))
    }
    if !notes.isEmpty { main.append(HTMLPage.section("Notes", id: "notes", [HTMLPage.notes(notes)])) }
    let provenance = provenance + (command.map { [("Start with", $0)] } ?? [])
    return HTMLPage(
      title: "\(title) · Verdict", body: [.tag("main", [:], .list(main)), HTMLPage.provenance(provenance)]
    ).text
  }
}

// MARK: - One section

extension Exhibit.Section {
  func text(width: Int, ink: Ink) -> String {
    func wrapped(_ text: String, style: TextStyle) -> String {
      TextWrap.lines(text, width: width).map { ink.paint($0, style) + "\n" }.joined()
    }
    var out = wrapped(title, style: .bold)
    if let words { out += wrapped(words, style: .dim) }
    guard !rows.isEmpty else { return out }
    var table = TextTable(columns.map { .init(.init($0.title), $0.numeric ? .right : .left, droppedAt: $0.droppedAt) })
    for row in rows { table.add(row.map { .init($0) }) }
    return out + table.text(width: width, ink: ink)
  }

  func write(to out: inout MarkdownText) {
    out.heading(2, title)
    if let words { out.paragraph(MarkdownText.escape(words)) }
    if !rows.isEmpty { out.table(columns.map { ($0.title, $0.numeric) }, rows) }
  }

  /// - Parameters:
  ///   - drawings: between the words and the table.
  ///   - isFolded: the table is opened by a click, where the drawing says the same.
  func markup(id: String, drawings: [Markup] = [], isFolded: Bool = false) -> Markup {
    let words = words.map { Markup.tag("p", ["class": "subtitle"], .text($0)) } ?? .list([])
    let table =
      rows.isEmpty
      ? Markup.list([])
      : HTMLPage.table(
        caption: title, isCaptionShown: false, columns.map { ($0.title, $0.numeric) }, rows)
    return HTMLPage.section(
      title, id: id, [words] + drawings + [isFolded ? HTMLPage.folded("Numbers", [table]) : table])
  }
}

/// A self-contained page: its style sheet within, no request to anywhere, no script.
package struct HTMLPage: Sendable {
  package var title: String
  package var body: [Markup]

  package init(title: String, body: [Markup]) {
    self.title = title
    self.body = body
  }

  package var text: String {
    let page = Markup.tag(
      "html", ["lang": "en"],
      .tag(
        "head", [:], .tag("meta", ["charset": "utf-8"]),
        .tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .tag("meta", ["name": "color-scheme", "content": "light dark"]), .tag("title", [:], .text(title)),
        .styleSheet(StyleSheet.text)),
      .tag("body", [:], .list(body)))
    return "<!DOCTYPE html>\n" + page.html
  }

  // MARK: Parts that pages share

  /// The title of the page with what matters most: a badge, a sentence, reasons.
  package static func headline(
    badge: String, symbol: String, tone: String, title: String, reasons: [String], summary: String
  ) -> Markup {
    .tag(
      "header", ["class": "headline \(tone)"],
      .tag("p", ["class": "badge"], .tag("span", ["aria-hidden": "true"], .text(symbol)), .text(" " + badge)),
      .tag("h1", [:], .text(title)),
      reasons.isEmpty ? .list([]) : .tag("ul", ["class": "reasons"], .list(reasons.map { .tag("li", [:], .text($0)) })),
      .tag("p", ["class": "summary"], .text(summary)))
  }

  package static func section(_ title: String, id: String, _ children: [Markup]) -> Markup {
    .tag(
      "section", ["aria-labelledby": id, "class": "card"], .tag("h2", ["id": id], .text(title)), .list(children))
  }

  /// What few readers need, behind a word to open it.
  package static func folded(_ title: String, _ children: [Markup]) -> Markup {
    .tag("details", [:], .tag("summary", [:], .text(title)), .list(children))
  }

  /// Key numbers: name, value, and what belongs to it.
  package static func tiles(_ tiles: [(name: String, value: String, note: String, tone: String)]) -> Markup {
    guard !tiles.isEmpty else { return .list([]) }
    return .tag(
      "div", ["class": "tiles"],
      .list(
        tiles.map { tile in
          .tag(
            "div", ["class": "tile \(tile.tone)"], .tag("p", ["class": "tile-name"], .text(tile.name)),
            .tag("p", ["class": "tile-value"], .text(tile.value)),
            .tag("p", ["class": "tile-note"], .text(tile.note)))
        }))
  }

  /// A table that scrolls sideways by itself where it is wider than the page.
  ///
  /// - Parameter isCaptionShown: false where a heading above says the same; screen readers have it all the same.
  package static func table(
    caption: String, isCaptionShown: Bool = true, _ columns: [(title: String, numeric: Bool)], _ rows: [[String]]
  ) -> Markup {
    let head = columns.map { Markup.tag("th", ["scope": "col", "class": $0.numeric ? "number" : ""], .text($0.title)) }
    let body = rows.map { row -> Markup in
      let cells = zip(row, columns).enumerated().map { index, pair in
        cell(pair.0, isNumber: pair.1.numeric, isHeader: index == 0)
      }
      return .tag("tr", [:], .list(cells))
    }
    let table = Markup.tag(
      "div", ["class": "scroll", "role": "region", "aria-label": caption, "tabindex": "0"],
      .tag(
        "table", ["class": "data"], .tag("caption", ["class": "unseen"], .text(caption)),
        .tag("thead", [:], .tag("tr", [:], .list(head))), .tag("tbody", [:], .list(body))))
    // Above what scrolls: a caption within would be as wide as the table.
    guard isCaptionShown else { return table }
    return .list([.tag("p", ["class": "caption", "aria-hidden": "true"], .text(caption)), table])
  }

  /// Numbers and short words stay on one line; sentences wrap.
  private static func cell(_ text: String, isNumber: Bool, isHeader: Bool) -> Markup {
    let form = isNumber ? "number" : text.count > 40 ? "prose" : text.count > 24 ? "" : "word"
    return isHeader
      ? .tag("th", ["scope": "row", "class": form], .text(text)) : .tag("td", ["class": form], .text(text))
  }

  package static func notes(_ notes: [String]) -> Markup {
    notes.isEmpty
      ? .list([]) : .tag("ul", ["class": "notes"], .list(notes.map { .tag("li", [:], .text($0)) }))
  }

  package static func provenance(_ entries: [(String, String)]) -> Markup {
    .tag(
      "footer", ["class": "provenance"], .tag("h2", [:], "Where these numbers come from"),
      .tag(
        "dl", [:],
        .list(entries.map { .list([.tag("dt", [:], .text($0.0)), .tag("dd", [:], .text($0.1))]) })))
  }
}

import Allocation
import Basics

extension Report {
  /// The audit in the form asked for; text ends with a newline.
  public static func render(
    _ value: AllocationAudit, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table:
      AuditTable(
        view: AuditView(value, unicode: options.unicode), width: options.width,
        ink: Ink(color: options.color, unicode: options.unicode)
      ).text
    case .json: json(value)
    case .csv: csv(value)
    case .markdown: markdown(value)
    case .html: html(value)
    }
  }

  /// `verdict.audit/1`: full precision.
  public static func json(_ audit: AllocationAudit) -> String {
    guard let value = try? JSONValue(encoding: audit), case .object(var object) = value else { return "null\n" }
    object["passed"] = .bool(audit.passed)
    return JSONValue.object(object).text(pretty: true)
  }

  /// One row a pair of experiments, full precision.
  public static func csv(_ audit: AllocationAudit) -> String {
    var csv = CSVText(header: ["first", "second", "units", "chi_squared", "df", "p", "p_adjusted", "phi"])
    for pair in audit.pairs {
      csv.add([
        pair.first, pair.second, CSVText.number(pair.units), CSVText.number(pair.chiSquared),
        CSVText.number(pair.degreesOfFreedom), CSVText.number(pair.pValue), CSVText.number(pair.adjustedPValue),
        CSVText.number(pair.phi),
      ])
    }
    return csv.text
  }

  /// GitHub's tables.
  public static func markdown(_ audit: AllocationAudit) -> String {
    let view = AuditView(audit)
    var out = MarkdownText()
    out.heading(1, view.headline)
    out.paragraph(MarkdownText.escape(view.summary))
    out.list(audit.findings.map(MarkdownText.escape))
    for section in view.sections {
      out.heading(2, section.title)
      out.table(section.columns, section.rows)
      if let note = section.note { out.paragraph(MarkdownText.escape(note)) }
    }
    return out.text
  }

  /// One self-contained page: findings, experiments, the matrix of dependence, transitions.
  public static func html(_ audit: AllocationAudit) -> String {
    let view = AuditView(audit)
    var sections = view.sections.enumerated().map { index, section in
      HTMLPage.section(
        section.title, id: "section-\(index)",
        [HTMLPage.table(caption: section.title, section.columns, section.rows)]
          + (section.note.map { [HTMLPage.notes([$0])] } ?? []))
    }
    if audit.experiments.count > 1 {
      let matrix = DependenceMatrix(audit: audit, format: view.format)
      sections.insert(HTMLPage.section("Dependence", id: "dependence", [matrix.markup]), at: 1)
    }
    let headline = HTMLPage.headline(
      badge: "Allocation audit", symbol: audit.passed ? "✓" : "✗", tone: audit.passed ? "good" : "bad",
      title: view.headline, reasons: audit.findings, summary: view.summary)
    return HTMLPage(
      title: "\(view.headline) · Verdict",
      body: [
        .tag("main", [:], .list([headline] + sections)),
        HTMLPage.provenance([("schema", audit.schema), ("version", ToolVersion.current)]),
      ]
    ).text
  }
}

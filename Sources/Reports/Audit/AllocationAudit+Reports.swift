import Allocation
import Basics

extension Report {
  /// The audit in the form asked for; text ends with a newline.
  public static func render(
    _ value: AllocationAudit, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table:
      AuditView(value, unicode: options.unicode).page.table(
        width: options.width, ink: Ink(color: options.color, unicode: options.unicode))
    case .json: json(value)
    case .csv: csv(value)
    case .markdown: AuditView(value).page.markdown
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

  /// One self-contained page: findings, experiments, the matrix of dependence, transitions.
  public static func html(_ audit: AllocationAudit) -> String {
    let view = AuditView(audit)
    guard audit.experiments.count > 1 else { return view.page.html() }
    let matrix = DependenceMatrix(audit: audit, format: view.format)
    return view.page.html(pictures: [(1, HTMLPage.section("Dependence", id: "dependence", [matrix.markup]))])
  }
}

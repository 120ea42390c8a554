import Cohorts
import Experiments

/// How a result is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// For a terminal.
  case table
  /// The whole value, full precision.
  case json
  /// One row a comparison (analysis) or a cell of the retention table (cohorts), full precision.
  case csv
  /// GitHub's tables.
  case markdown
  /// One self-contained page: no request to anywhere, no script.
  case html
}

/// What the reader's side can show. Only `table` uses `width`, `color` and `unicode`.
public struct ReportOptions: Sendable, Hashable {
  /// Columns of the terminal; no line is wider. At least 20.
  public var width: Int
  /// ANSI colours. What they say is also said by symbols.
  public var color: Bool
  /// Box-drawing and other symbols; plain ASCII without.
  public var unicode: Bool

  public init(width: Int = 100, color: Bool = false, unicode: Bool = true) {
    self.width = max(width, 20)
    self.color = color
    self.unicode = unicode
  }
}

/// Views of one result: each form shows the same value, and computes nothing but its layout.
public enum Report {
  /// The analysis in the form asked for; text ends with a newline.
  public static func render(
    _ value: Analysis, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: table(value, width: options.width, color: options.color, unicode: options.unicode)
    case .json: json(value)
    case .csv: csv(value)
    case .markdown: markdown(value)
    case .html: html(value)
    }
  }

  /// The cohort report in the form asked for; text ends with a newline.
  public static func render(
    _ value: CohortReport, as format: ReportFormat, options: ReportOptions = ReportOptions()
  ) -> String {
    switch format {
    case .table: table(value, width: options.width, color: options.color, unicode: options.unicode)
    case .json: json(value)
    case .csv: csv(value)
    case .markdown: markdown(value)
    case .html: html(value)
    }
  }
}

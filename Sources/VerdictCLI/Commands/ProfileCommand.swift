import ArgumentParser
import Basics
import Engines
import Foundation
import Reports
import Tables

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract:
      "What a table holds: columns, kinds, missing and distinct values, quantiles, and a command to start with.",
    discussion: """
      EXAMPLES
        verdict profile units.csv
        verdict profile 'exports/*.csv.gz' --format json

      One pass over all columns; memory does not grow with the rows. Distinct values
      are exact below 4,096 and estimated to two percent beyond; quantiles are exact
      for up to 1,024 different numbers and within one percent of their value beyond.
      A column has the narrowest kind that all its values have: one value that is no
      number makes text of it. How many misfit is said, with the first one's line and
      what stands there; no other value of a row is printed. The command proposed is
      one line for a shell, and counts rows of a unit as its cluster.
      """)

  @Argument(
    help: ArgumentHelp("CSV or TSV files, also .gz; Parquet through DuckDB; '-' is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let paths = try table.expanded(files)
    try output.requireUsable(apartFrom: paths)
    let source = try DuckDBEngine(options: try table.options()).source(paths)
    let profile = try TableProfile(source, allowedBadRows: table.allowBadRows, paths: paths)
    try output.write(text(profile))
  }

  private func text(_ profile: TableProfile) -> String {
    switch output.chosenFormat {
    case .table: exhibit(profile).text(output.reportOptions)
    case .markdown: exhibit(profile).markdown
    case .html: exhibit(profile).html
    case .json: json(profile).text(pretty: true) + "\n"
    case .csv: csv(profile)
    }
  }

  private func exhibit(_ profile: TableProfile) -> Exhibit {
    let format = NumberFormat(unicode: output.reportOptions.unicode)
    var exhibit = Exhibit(
      badge: "Profile", title: profile.files.joined(separator: ", "),
      summary: "\(format.count(profile.rows)) rows, \(profile.columns.count) columns, separated by "
        + "\(InputFile.name(ofSeparator: String(profile.delimiter))).")
    if profile.unreadableRows > 0 {
      exhibit.notes.append("\(format.count(profile.unreadableRows)) rows cannot be read.")
    }
    for column in profile.columns where !column.nullWords.isEmpty {
      let words = column.nullWords.map { "--null '\($0)'" }.joined(separator: " ")
      exhibit.notes.append("\(column.name) has words for missing values: pass \(words).")
    }
    exhibit.notes += profile.columns.compactMap(note)
    let rows = profile.columns.map { column in
      let known = column.quantiles ?? Array(repeating: .nan, count: 6)
      let quantiles = known.map { value in
        value.isNaN ? "" : (column.role == .time ? Self.date(value) : nil) ?? format.number(value)
      }
      return [
        column.name, column.kind.rawValue, column.role?.rawValue ?? "", format.count(column.missing),
        (column.isDistinctExact ? "" : "~") + format.count(column.distinct),
      ] + quantiles
    }
    exhibit.sections = [
      Exhibit.Section(
        "Columns",
        [
          .init("column"), .init("kind"), .init("likely role"), .init("missing", numeric: true),
          .init("distinct", numeric: true), .init("smallest", numeric: true, droppedAt: 3),
          .init("25%", numeric: true, droppedAt: 4), .init("50%", numeric: true, droppedAt: 1),
          .init("75%", numeric: true, droppedAt: 4), .init("95%", numeric: true, droppedAt: 2),
          .init("largest", numeric: true, droppedAt: 3),
        ], rows)
    ]
    if let join = profile.joinSuggestion {
      exhibit.notes.append("To compare the arms of an experiment, join with who was exposed when: " + join)
    }
    if profile.suggestsCommand {
      exhibit.command = profile.suggestion
    } else {
      exhibit.notes.append("No command is proposed: " + profile.suggestion)
    }
    return exhibit
  }

  /// A Unix time as tables' times are read, to the minute: seconds would leave no room for other columns.
  private static func date(_ time: Double) -> String? {
    guard let whole = Int64(exactly: time) else { return nil }
    let stamp = Array("\(whole)".utf8).withUnsafeBufferPointer { FieldParsing.timestamp($0) }
    guard let stamp, var clock = ZoneClock("UTC") else { return nil }
    let text = Date(timeIntervalSince1970: TimeInterval(clock.seconds(of: stamp))).formatted(.iso8601)
    return text.prefix(16).replacing("T", with: " ") + "Z"
  }

  /// Why a column is text that is nearly something narrower.
  private func note(_ column: ColumnProfile) -> String? {
    switch column.form {
    case .decimalComma:
      return "\(column.name) is taken for text: its numbers have a decimal comma. Write them with a point."
    case .localDate:
      return "\(column.name) is taken for text: its dates begin with the day or month. Write them as 2026-03-01."
    case nil: break
    }
    guard let misfits = column.misfits else { return nil }
    let format = NumberFormat(unicode: output.reportOptions.unicode)
    let kind =
      switch misfits.kind {
      case .time: "times"
      case .boolean: "of 0 and 1 or true and false"
      default: "numbers"
      }
    return "\(column.name) is widened to text: \(format.count(misfits.count)) of "
      + "\(format.count(column.rows - column.missing)) values are no \(kind), the first at \(misfits.first): "
      + "'\(misfits.found)'."
  }

  private func json(_ profile: TableProfile) -> JSONValue {
    [
      "schema": "verdict.profile/1", "files": .array(profile.files.map { .string($0) }),
      "separator": .string(String(profile.delimiter)), "rows": .integer(profile.rows),
      "unreadableRows": .integer(profile.unreadableRows), "suggestion": .string(profile.suggestion),
      "columns": .array(
        profile.columns.map { column in
          [
            "name": .string(column.name), "kind": .string(column.kind.rawValue),
            "role": column.role.map { .string($0.rawValue) } ?? .null, "missing": .integer(column.missing),
            "distinct": .integer(column.distinct), "distinctIsExact": .bool(column.isDistinctExact),
            "quantiles": column.quantiles.map { .array($0.map { $0.isNaN ? .null : .number($0) }) } ?? .null,
            "nullWords": .array(column.nullWords.map { .string($0) }), "misfits": misfits(column),
            "form": column.form.map { .string($0.rawValue) } ?? .null,
          ]
        }),
    ]
  }

  private func misfits(_ column: ColumnProfile) -> JSONValue {
    guard let misfits = column.misfits else { return .null }
    return [
      "of": .string(misfits.kind.rawValue), "count": .integer(misfits.count), "file": .string(misfits.first.file),
      "line": misfits.first.line.map { .integer($0) } ?? .null, "found": .string(misfits.found),
    ]
  }

  private func csv(_ profile: TableProfile) -> String {
    let names = ["smallest", "q25", "q50", "q75", "q95", "largest"]
    var out = CSVText(header: ["column", "kind", "role", "missing", "distinct", "distinct_is_exact"] + names)
    for column in profile.columns {
      let quantiles = column.quantiles.map { $0.map { CSVText.number($0) } } ?? names.map { _ in "" }
      out.add(
        [
          column.name, column.kind.rawValue, column.role?.rawValue ?? "", "\(column.missing)", "\(column.distinct)",
          "\(column.isDistinctExact)",
        ] + quantiles)
    }
    return out.text
  }
}

import ArgumentParser
import Basics
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
      No value of a row is printed.
      """)

  @Argument(help: ArgumentHelp("CSV or TSV files, also .gz; '-' is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var table: TableInputOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let paths = try table.expanded(files)
    try output.requireNoInput(paths)
    let source = try TableSource(paths, options: try table.options())
    let profile = try TableProfile(source, allowedBadRows: table.allowBadRows)
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
    let rows = profile.columns.map { column in
      let quantiles = column.quantiles.map { $0.map { format.number($0) } } ?? Array(repeating: "", count: 6)
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
    exhibit.provenance = [("Start with", profile.suggestion)]
    return exhibit
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
            "quantiles": column.quantiles.map { .array($0.map { .number($0) }) } ?? .null,
            "nullWords": .array(column.nullWords.map { .string($0) }),
          ]
        }),
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

import ArgumentParser
import Basics
import Foundation
import Reports

/// `--format` and `-o`, shared by the commands that print a result.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How the result is written: table, json, csv, markdown or html.", valueName: "format"))
  var format: ReportFormat?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write to this file instead of standard output; its ending chooses the format if --format does not.",
      valueName: "file"))
  var output: String?

  /// The format asked for, or that of the file's ending, or a table.
  var chosenFormat: ReportFormat {
    if let format { return format }
    let ending = output.map { URL(filePath: $0).pathExtension.lowercased() }
    return switch ending {
    case "json": .json
    case "csv": .csv
    case "md", "markdown": .markdown
    case "html", "htm": .html
    default: .table
    }
  }

  var reportOptions: ReportOptions {
    let toTerminal = output == nil
    return ReportOptions(width: toTerminal ? Terminal.width : 100, color: toTerminal && Terminal.color, unicode: true)
  }

  /// Writes the text where it belongs; a file appears whole or not at all.
  func write(_ text: String) throws {
    guard let output, output != "-" else {
      try Terminal.print(text, terminator: "")
      return
    }
    try AtomicFile.write(Array(text.utf8), to: output)
    Terminal.notice("wrote \(output)")
  }
}

extension ReportFormat: ExpressibleByArgument {}

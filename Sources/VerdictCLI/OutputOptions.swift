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

  /// The other files that a command writes, by the options that name them, must be none of its inputs, and no two the same.
  ///
  /// - Throws: `UsageFault`, before there is work to lose; also for an ending that promises what no format is.
  func requireUsable(apartFrom inputs: [String], others: [(option: String, path: String?)] = []) throws(UsageFault) {
    let ending = output.map { URL(filePath: $0).pathExtension.lowercased() } ?? ""
    if format == nil, ["pdf", "xlsx", "xls", "docx", "png", "svg", "parquet", "yaml"].contains(ending) {
      throw UsageFault(
        sentence:
          "-o: no format is written as .\(ending). Use .html (a browser prints it as PDF), .md, .csv, .json, or .txt "
          + "for the table; --format names one whatever the ending.")
    }
    try Self.requireNoInput(inputs, outputs: [("-o", output)] + others)
  }

  static func requireNoInput(_ inputs: [String], outputs: [(option: String, path: String?)]) throws(UsageFault) {
    var written: [(option: String, path: String)] = []
    for case (let option, let path?) in outputs where path != "-" {
      if let input = SameFile.first(of: inputs, at: path) {
        let name = input == path ? "'\(path)'" : "'\(path)', the same file as '\(input)',"
        throw UsageFault(sentence: "\(option): \(name) is read by this command and would be lost. Name another file.")
      }
      let twin = written.first {
        $0.path.isExactly(path) || SameFile.first(of: [$0.path], at: path) != nil
      }
      if let twin {
        throw UsageFault(sentence: "\(option) and \(twin.option) both name '\(path)'. Name two files.")
      }
      written.append((option, path))
    }
  }

  /// Writes the text where it belongs, and other files beside it: all appear whole, or none does.
  func write(_ text: String, beside files: [(path: String, bytes: [UInt8])] = []) throws {
    var files = files
    let toFile = output.flatMap { $0 == "-" ? nil : $0 }
    if let toFile { files.append((toFile, Array(text.utf8))) }
    try AtomicFile.write(files) { if toFile == nil { try Terminal.print(text, terminator: "") } }
    for file in files { Terminal.notice("wrote \(file.path)") }
  }
}

extension ReportFormat: ExpressibleByArgument {}

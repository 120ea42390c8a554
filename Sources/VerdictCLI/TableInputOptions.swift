import ArgumentParser
import Basics
import Foundation
import Tables

/// How tables are read, shared by the commands that read them.
struct TableInputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Separator: comma, semicolon, tab, bar or one character; found from the header by default.",
      valueName: "separator"))
  var delimiter: String?

  @Option(
    name: .customLong("null"), parsing: .singleValue,
    help: "A word that stands for a missing value, such as NA; may be given several times.")
  var nullWords: [String] = []

  @Option(help: "Share of rows that may be unreadable, in [0, 1]; by default the first stops the command.")
  var allowBadRows = 0.0

  @Option(help: "Threads; by default one a core. Results do not depend on it.")
  var threads: Int?

  @Option(
    help: ArgumentHelp("Memory that may be used, such as 4GB; by default what the system has free.", valueName: "size"))
  var memory: String?

  @Flag(name: .customLong("sha256"), help: "Identify inputs by SHA-256 instead of XXH64 (slower).")
  var sha256 = false

  func options() throws -> TableOptions {
    guard allowBadRows >= 0, allowBadRows <= 1 else {
      throw UsageFault(sentence: "--allow-bad-rows: expected a share in [0, 1], found \(allowBadRows).")
    }
    var options = TableOptions(delimiter: try delimiter.map(separator), nullWords: nullWords, threads: threads)
    options.memoryBytes = try memory.map(size)
    if Terminal.errorIsTerminal {
      let bar = ProgressBar()
      options.progress = { bar.show($0, of: $1) }
    }
    return options
  }

  private func size(_ word: String) throws -> Int {
    let units: [(String, Double)] = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)]
    let unit = units.first { word.uppercased().hasSuffix($0.0) }
    let digits = String(unit.map { word.dropLast($0.0.count) } ?? word[...])
    guard let number = FieldParsing.decimal(digits), number > 0,
      let bytes = Int(exactly: (number * (unit?.1 ?? 1)).rounded())
    else { throw UsageFault(sentence: "--memory: expected a size such as 500MB or 4GB, found '\(word)'.") }
    return bytes
  }

  private func separator(_ word: String) throws -> UInt8 {
    switch word {
    case "comma": return UInt8(ascii: ",")
    case "semicolon": return UInt8(ascii: ";")
    case "tab", "\\t": return UInt8(ascii: "\t")
    case "bar", "pipe": return UInt8(ascii: "|")
    default:
      let bytes = Array(word.utf8)
      guard bytes.count == 1, bytes[0] != UInt8(ascii: "\""), bytes[0] != 0x0A, bytes[0] != 0x0D else {
        throw UsageFault(
          sentence: "--delimiter: expected comma, semicolon, tab, bar or one character, found '\(word)'.")
      }
      return bytes[0]
    }
  }

  /// Paths as given; a pattern with `*` or `?` that names no file is expanded, in the order of names.
  func expanded(_ files: [String]) throws -> [String] {
    try files.flatMap { path throws -> [String] in
      guard let matches = FilePattern.matches(path) else { return [path] }
      if matches.isEmpty { throw UsageFault(sentence: "no file matches '\(path)'.") }
      return matches
    }
  }
}

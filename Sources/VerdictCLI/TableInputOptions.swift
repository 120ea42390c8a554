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

  // A value may look like an option, "-3": the sentence says what is allowed.
  @Option(
    parsing: .unconditional,
    help: "Share of rows that may be unreadable, in [0, 1]; by default the first stops the command.")
  var allowBadRows = 0.0

  @Option(
    parsing: .unconditional,
    help: "Threads, 1 to 1,024; by default one a core, at most four. Results do not depend on it.")
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Memory that may be used, such as 4GB; by default what the system has free.", valueName: "size"))
  var memory: String?

  @Flag(name: .customLong("sha256"), help: "Identify inputs by SHA-256 instead of CRC-64 (slower).")
  var sha256 = false

  func options() throws -> TableOptions {
    guard allowBadRows >= 0, allowBadRows <= 1 else {
      throw UsageFault(sentence: "--allow-bad-rows: expected a share in [0, 1], found \(allowBadRows).")
    }
    try Self.requireThreads(threads)
    var options = TableOptions(delimiter: try delimiter.map(separator), nullWords: nullWords, threads: threads)
    options.memoryBytes = try memory.map(size)
    if Terminal.errorIsTerminal {
      let bar = ProgressBar()
      options.progress = { bar.show($0, of: $1) }
    }
    return options
  }

  static func requireThreads(_ threads: Int?) throws(UsageFault) {
    if let threads, !(1...1024).contains(threads) {
      throw UsageFault(sentence: "--threads: expected a whole number from 1 to 1,024, found \(threads).")
    }
  }

  private func size(_ word: String) throws -> Int {
    let units: [(String, Double)] = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)]
    let unit = units.first { word.uppercased().hasSuffix($0.0) }
    let digits = unit.map { word.dropLast($0.0.count) } ?? word[...]
    // `Double` would read hexadecimal too.
    guard digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let number = Double(digits), number > 0,
      let bytes = Int(exactly: (number * (unit?.1 ?? 1)).rounded()), bytes > 0
    else { throw UsageFault(sentence: "--memory: expected a size above 0, such as 500MB or 4GB, found '\(word)'.") }
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
      if matches.isEmpty { throw UsageFault(sentence: "no file matches '\(path)'. Check the folder and the pattern.") }
      return matches
    }
  }
}

import Tables
import TestSupport
import Testing

/// A cut may fall anywhere: rows do not depend on the size of chunks or the number of threads.
@Suite struct ChunkTests {
  /// A random table, and its text with random quoting and line ends.
  static func table(_ generator: inout SeededGenerator) -> (rows: [[String]], text: String) {
    let alphabet = ["a", "b", "1", ".", " ", "é", "😀", ",", "\"", "\n", "\r\n", ";"]
    let width = Int.random(in: 1...5, using: &generator)
    let end = ["\n", "\r\n", "\r"].randomElement(using: &generator) ?? "\n"
    var rows: [[String]] = []
    var text = (0..<width).map { "c\($0)" }.joined(separator: ",") + end
    for _ in 0..<Int.random(in: 1...40, using: &generator) {
      var row: [String] = []
      var line: [String] = []
      for _ in 0..<width {
        let field = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
          alphabet.randomElement(using: &generator) ?? ""
        }
        .joined()
        // Scalars, not characters: "\r\n" is one character and holds both.
        let needsQuotes = field.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
        let isQuoted = needsQuotes || Bool.random(using: &generator) || width == 1
        row.append(field)
        line.append(
          isQuoted
            ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            : field)
      }
      rows.append(row)
      text += line.joined(separator: ",") + end
    }
    return (rows, text)
  }

  @Test func everyChunkSizeAndThreadCountGivesTheSameRows() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let (rows, text) = Self.table(&generator)
      for size in [64, 65, 100, 1000, 1 << 20] {
        for kernel in ScanKernel.allCases {
          // A separator other than the comma could be sniffed from a header of one column only.
          let read = try Rows.read(text, chunkBytes: size, threads: kernel == .native ? nil : 1, kernel: kernel)
          #expect(read.rows == rows, "chunks of \(size), \(kernel)")
        }
      }
    }
  }

  /// Records of two chunks, so that every other cut lies in a quoted field of a record whose end is known; then line breaks in
  /// quotes, so that cuts are counted from the middle of the file on.
  @Test func lineBreaksInQuotesThatComeLate() throws {
    for padding in 0..<128 {
      let long = (0..<60).map { row in
        ["unit-\(100 + row)" + String(repeating: "x", count: 54), String(repeating: "q", count: 60), "0"]
      }
      let short = (0..<60).map { ["unit-\($0)", "two\nlines, quoted", "1"] }
      let rows = [[String(repeating: "y", count: padding), "first", "0"]] + long + short
      let text = "u,c,x\n" + rows.map { "\($0[0]),\"\($0[1])\",\($0[2])\n" }.joined()
      for kernel in ScanKernel.allCases {
        #expect(try Rows.read(text, chunkBytes: 64, kernel: kernel).rows == rows, "\(padding), \(kernel)")
      }
    }
  }

  /// The kernels fill up the last bytes of a window, which must not become separators, whatever those are.
  @Test(arguments: [" ", "\t", "|", "a", "0"])
  func anySeparator(_ separator: Character) throws {
    var generator = SeededGenerator(seed: 13)
    let rows = (0..<3_000).map { row in
      ["u\(row)" + String(repeating: "x", count: Int.random(in: 0...25, using: &generator)), "B", "4.15"]
    }.map { row in row.map { $0.replacing("0", with: "5") } }
    let text = ([["u", "c", "x"]] + rows).map { $0.joined(separator: String(separator)) + "\n" }.joined()
    for kernel in ScanKernel.allCases {
      for size in [100, 1_000, 5_000] {
        var options = TableOptions(delimiter: separator.asciiValue, threads: 2)
        (options.kernel, options.chunkBytes, options.copiesText) = (kernel, size, true)
        let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
        let read = try source.scan(source.columns) { _ in Rows() }.consumers.flatMap(\.rows)
        #expect(read == rows, "chunks of \(size), \(kernel)")
      }
    }
  }

  /// Where every field is quoted a cut mostly lies in quotes, and yet each chunk ends at the next line break.
  @Test func quotedFieldsAreCutLikeOthers() throws {
    let rows = (0..<400).map { ["unit-\($0)", "a, \"b\" and c", "\($0 % 7)"] }
    let quoted = rows.map { row in
      row.map { "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }
        .joined(separator: ",") + "\n"
    }
    var options = TableOptions(threads: 1)
    options.chunkBytes = 100
    let text = "u,c,x\n" + quoted.joined()
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
    let result = try source.scan(source.columns) { _ in Rows() }
    #expect(result.consumers.flatMap(\.rows) == rows)
    // About four rows a chunk, none with all the rest.
    #expect(result.consumers.count > 100 && result.consumers.allSatisfy { $0.rows.count < 8 })
  }

  /// The rows, or the fault with its place.
  static func outcome(_ bytes: [UInt8], _ chunkBytes: Int, _ kernel: ScanKernel, allowed: Double = 0) -> String {
    do throws(TableFault) {
      return "\(try Rows.read([("t.csv", bytes)], chunkBytes: chunkBytes, allowed: allowed, kernel: kernel))"
    } catch {
      return "\(error)"
    }
  }

  @Test func damagedTablesNeverTrap() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<2_000 {
      var bytes = Array(Self.table(&generator).text.utf8)
      for _ in 0..<Int.random(in: 1...5, using: &generator) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[at] =
          [0x22, 0x2C, 0x0A, 0x0D, 0, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(
            using: &generator) ?? 0
      }
      let whole = Self.outcome(bytes, 1 << 20, .definition)
      for kernel in ScanKernel.allCases {
        for size in [64, 100, 1 << 20] { #expect(Self.outcome(bytes, size, kernel) == whole, "\(size) \(kernel)") }
      }
    }
  }
}

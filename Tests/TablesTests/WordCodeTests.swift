import Tables
import TestSupport
import Testing

/// Columns of few words and of many, whose numbers the kernels find each in their own way.
@Suite struct WordCodeTests {
  private struct Words: RowConsumer, Sendable {
    var interner = Interner()
    var found: [String] = []
    var blocks = 0

    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      let code = interner.code(of: fields[0])
      found.append(interner.string(of: code))
    }

    mutating func consume(_ block: FieldBlock) -> Bool {
      var codes = [Int32](repeating: -1, count: block.rows + 8)
      let isRead = codes.withUnsafeMutableBufferPointer { block.codes(0, into: $0.baseAddress!, &interner) }
      guard isRead else { return false }
      blocks += 1
      if codes.dropFirst(block.rows).contains(where: { $0 != -1 }) { found.append("written behind the rows") }
      found += codes.prefix(block.rows).map { interner.string(of: Int($0)) }
      return true
    }
  }

  /// Every row's number is that of its own word: of words of every length to 20 bytes, of which one is the beginning of the other,
  /// the same but for the last or the first byte, or empty.
  @Test(arguments: [1, 2, 3, 4, 5, 8, 20, 100, 128, 129, 300])
  func everyRowHasItsOwnWord(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    var words: [String] = []
    while words.count < count {
      let length = Int.random(in: 0...20, using: &random)
      let (stem, odd) = (String(repeating: "a", count: length), "b\(words.count)")
      for word in [stem, odd + stem, stem + odd, String((odd + stem).prefix(16))] where !words.contains(word) {
        words.append(word)
      }
    }
    words = Array(words.prefix(count))
    for rows in [1, 7, 8, 9, 1000, 5000] {
      // Mostly few of them, as in most columns.
      let cells = (0..<rows).map { _ in
        words[Int.random(in: 0..<(Bool.random(using: &random) ? min(count, 6) : count), using: &random)]
      }
      let text = "w,x\n" + cells.map { "\($0),1\n" }.joined()
      for kernel in ScanKernel.allCases {
        var options = TableOptions(threads: 1)
        (options.kernel, options.copiesText) = (kernel, true)
        let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
        let consumers = try source.scan(["w"]) { _ in Words() }.consumers
        #expect(consumers.flatMap(\.found) == cells, "\(kernel), \(rows) rows")
        #expect(kernel == .definition || consumers.allSatisfy { $0.blocks > 0 })
      }
    }
  }
}

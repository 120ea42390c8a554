import Foundation
import Tables
import TestSupport
import Testing

/// Numbers of a column, by the block and by the row: both must give the double that strtod gives.
@Suite struct DecimalTests {
  /// One column's numbers; the second column keeps the table from being a single column, which is never read as a block.
  struct Numbers: RowConsumer, Sendable {
    var values: [Double] = []

    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      if fields[0].count == 0 { return values.append(.nan) }
      guard case .value(let value) = fields[0].number else {
        throw RowFault(.notANumber(column: "x", found: fields[0].string), offset: offset)
      }
      values.append(value)
    }

    mutating func consume(_ block: FieldBlock) -> Bool {
      var some = [Double](repeating: 0, count: block.rows)
      let isRead = some.withUnsafeMutableBufferPointer { buffer in
        block.decimals(0, into: buffer.baseAddress!) { field in
          if case .value(let value) = field.number { value } else { nil }
        }
      }
      if isRead { values += some }
      return isRead
    }
  }

  static func read(_ words: [String], _ kernel: ScanKernel) throws -> [Double] {
    var options = TableOptions(threads: 1)
    options.kernel = kernel
    let text = "x,y\n" + words.map { "\($0),\n" }.joined()
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
    return try source.scan(["x"]) { _ in Numbers() }.consumers.flatMap(\.values)
  }

  /// A decimal of any length, magnitude and notation.
  static func word(_ generator: inout SeededGenerator) -> String {
    func digits(_ range: ClosedRange<Int>) -> String {
      (0..<Int.random(in: range, using: &generator)).map { _ in String(Int.random(in: 0...9, using: &generator)) }
        .joined()
    }
    let sign = ["", "", "-", "+"].randomElement(using: &generator) ?? ""
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: return sign + digits(1...9)
    case 1: return sign + digits(1...5) + "." + digits(0...4)
    case 2: return sign + digits(0...3) + "." + digits(1...18)
    case 3: return sign + digits(1...25) + "." + digits(0...25)
    case 4: return sign + digits(1...19) + "e" + String(Int.random(in: -320...280, using: &generator))
    case 5: return sign + digits(1...17) + "e" + String(Int.random(in: -25...25, using: &generator))
    default: return sign + String(Double(bitPattern: UInt64.random(in: 1..<0x7FE0_0000_0000_0000, using: &generator)))
    }
  }

  /// Numbers that are written alike, as those of most columns are, with some others among them now and then.
  static func alike(_ generator: inout SeededGenerator) -> [String] {
    let decimals = Int.random(in: -1...8, using: &generator)
    let (least, most) = (decimals < 1 ? 1 : 0, Int.random(in: 1...8, using: &generator))
    let share = [0, 0, 20].randomElement(using: &generator) ?? 0
    return (0..<Int.random(in: 1...90, using: &generator)).map { _ in
      if share > 0, Int.random(in: 0..<share, using: &generator) == 0 {
        let other = word(&generator)
        return ["", "-1.25", ".5", "7", other, other].randomElement(using: &generator) ?? ""
      }
      let digits = (0..<Int.random(in: least...max(least, most), using: &generator) + max(0, decimals)).map { _ in
        String(Int.random(in: 0...9, using: &generator))
      }
      // -1: no point.
      return decimals < 0
        ? digits.joined() : digits.dropLast(decimals).joined() + "." + digits.suffix(decimals).joined()
    }
  }

  @Test func everyKernelGivesTheDoubleOfStrtod() throws {
    var generator = SeededGenerator(seed: 31)
    let count = Int(ProcessInfo.processInfo.environment["VERDICT_DECIMALS"] ?? "") ?? 200_000
    for round in 0..<max(2, count / 100_000) {
      var words: [String] = []
      while words.count < min(count, 100_000) {
        words += round % 2 == 0 ? [Self.word(&generator)] : Self.alike(&generator)
      }
      let expected = words.map { ($0.isEmpty ? .nan : strtod($0, nil)).bitPattern }
      for kernel in ScanKernel.allCases {
        let found = try Self.read(words, kernel)
        #expect(found.count == words.count)
        let different = zip(words, zip(found, expected)).first { $0.1.0.bitPattern != $0.1.1 }
        #expect(different == nil, "\(kernel)")
      }
    }
  }

  @Test(
    "no numbers",
    arguments: ["1_000", "1.234,5", "0x1p3", "1e", ".", "-", "-.", "+", "1..2", "--1", "1-", "inf", "nan", "12a"])
  func noNumber(_ word: String) {
    for kernel in ScanKernel.allCases {
      // A comma would be a separator.
      let quoted = word.contains(",") ? "\"\(word)\"" : word
      #expect(throws: TableFault.self) { try Self.read(["1", quoted, "2"], kernel) }
    }
  }

  /// Half way between two doubles, and one digit off it on either side: what rounding gets wrong first.
  @Test func halvesAreRoundedToEven() throws {
    var generator = SeededGenerator(seed: 32)
    var words: [String] = [
      "9007199254740993", "9007199254740993.0", "0.3", "0.30000000000000004", "4.9e-24", "1e22", "1e23",
    ]
    for _ in 0..<20_000 {
      // An odd number of 54 bits is half way between two doubles.
      let odd = UInt64.random(in: 1 << 53..<1 << 54, using: &generator) | 1
      let exponent = Int.random(in: -4...2, using: &generator)
      words += [odd - 1, odd, odd + 1].map { "\($0)" + (exponent == 0 ? "" : "e\(exponent)") }
    }
    let expected = words.map { strtod($0, nil).bitPattern }
    for kernel in ScanKernel.allCases {
      #expect(try Self.read(words, kernel).map(\.bitPattern) == expected, "\(kernel)")
    }
  }

  @Test func tooLarge() {
    for kernel in ScanKernel.allCases { #expect(throws: TableFault.self) { try Self.read(["1e999"], kernel) } }
  }

  @Test func negativeZeroStaysNegative() throws {
    for kernel in ScanKernel.allCases {
      #expect(try Self.read(["-0", "-0.0", "0"], kernel).map(\.sign) == [.minus, .minus, .plus])
    }
  }
}

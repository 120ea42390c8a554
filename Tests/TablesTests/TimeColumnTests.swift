import Basics
import Tables
import TestSupport
import Testing

/// Columns of times, which kernels read many at a time: held to `FieldParsing.timestamp`, the definition.
@Suite struct TimeColumnTests {
  private struct Times: RowConsumer, Sendable {
    let perSecond: Int64
    var clock: ZoneClock
    var times: [Int64?] = []
    var blocks = 0

    mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
      let text = fields[0].trimmed
      let stamp = text.isEmpty ? nil : FieldParsing.timestamp(text)
      times.append(stamp.map { perSecond == 1 ? clock.seconds(of: $0) : clock.microseconds(of: $0) })
    }

    mutating func consume(_ block: FieldBlock) -> Bool {
      var read = [Int64](repeating: .min, count: block.rows + 8)
      let isRead = read.withUnsafeMutableBufferPointer {
        block.times(0, into: $0.baseAddress!, perSecond: perSecond, &clock, nullWords: [])
      }
      guard isRead else { return false }
      blocks += 1
      // One too many, which no table has, if something was written behind the rows.
      if read.dropFirst(block.rows).contains(where: { $0 != .min }) { times.append(nil) }
      times += read.prefix(block.rows).map { $0 }
      return true
    }
  }

  /// - Returns: of each row, nil where there is no time, and how many blocks were read as such.
  private static func read(
    _ rows: [String], _ kernel: ScanKernel, perSecond: Int64, zone: String = "UTC"
  ) throws -> (times: [Int64?], blocks: Int) {
    var options = TableOptions(delimiter: UInt8(ascii: ";"), threads: 1)
    (options.kernel, options.copiesText, options.chunkBytes) = (kernel, true, 1 << 19)
    let text = "t;x\n" + rows.map { "\($0);1\n" }.joined()
    let source = try TableSource(files: [TableFile(name: "t.csv", bytes: Array(text.utf8))], options: options)
    let clock = try #require(ZoneClock(zone))
    let found = try source.scan(["t"]) { _ in Times(perSecond: perSecond, clock: clock) }.consumers
    return (found.flatMap(\.times), found.reduce(0) { $0 + $1.blocks })
  }

  /// A time of a kind: date and clock, decimals of the seconds, zone. Mostly a good one.
  private static func time(_ kind: (decimals: Int, zone: String, mark: String), _ random: inout SeededGenerator)
    -> String
  {
    func two(_ range: ClosedRange<Int>) -> String {
      let number = Int.random(in: range, using: &random)
      return (number < 10 ? "0" : "") + "\(number)"
    }
    let year = ["1969", "1970", "2000", "1900", "2024", "2026", "0001", "9999"].randomElement(using: &random) ?? ""
    let clock = "\(two(0...23)):\(two(0...59)):\(two(0...59))"
    let decimals = (0..<kind.decimals).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
    return
      "\(year)-\(two(1...12))-\(two(1...28))\(kind.mark)\(clock)\(kind.decimals > 0 ? "." : "")\(decimals)\(kind.zone)"
  }

  private static let odd = [
    "2026-02-29 00:00:00", "2024-02-29 00:00:00", "2026-13-01 00:00:00", "2026-00-01 00:00:00", "2026-01-00 00:00:00",
    "2026-04-31 00:00:00", "2026-01-01 24:00:00", "2026-01-01 23:60:00", "2026-01-01 23:59:60", "2026-01-01 23:59:61",
    "0000-01-01 00:00:00", "2026/01/01 00:00:00", "2026-01-01t00:00:00", "2026-01-01T00:00:00z",
    "2026-01-01 00:00:00 UTC",
    "2026-01-01 00:00", "2026-01-01T00:00Z", "2026-01-01 00:00:00.", "2026-01-01 00:00:00.Z", "2026-01-01 00:00:00,5",
    "2026-01-01 00:00:00+19:00", "2026-01-01 00:00:00+18:59", "2026-01-01 00:00:00+05:60", "2026-01-01 00:00:00+5",
    "2026-01-01 00:00:00-0330", "2026-01-01 00:00:00+01", "2026-01-01 00:00:00+01:0", "2026-01-01 00:00:00.5+01:00",
    "2026-01-01", "20260101", "2026-1-1", "1767225600", "0767225600", "0067225600", "99999999", "1767225600000",
    "1767225600000000", "2026-01-01  00:00:00", " 2026-01-01 00:00:00", "2026-01-01 00:00:00 ", "x026-01-01 00:00:00",
    "2026-01-01 00:00:0x", "2026-01-01 0:00:000", "2026:01-01 00:00:00", "2026-01-01 00-00-00", "1767225é600", "",
    "2026-01-01 00:00:00.1234567", "2026-01-01 00:00:00.1234567Z", "2026-01-01 00:00:00.123456789Z", "12345678é:",
    "2026-01-01 00:00:00.12345Z0", "2026-01-01 00:00:00Z.1234567", "2026-01-01_00:00:00", "-026-01-01 00:00:00",
  ]

  @Test(arguments: [Int64(1), 1_000_000], ["UTC", "Europe/Berlin"])
  func kernelsReadWhatTheDefinitionDoes(perSecond: Int64, zone: String) throws {
    var random = SeededGenerator(seed: 17)
    var kinds: [(decimals: Int, zone: String, mark: String)] = []
    for decimals in 0...7 {
      for zone in ["", "Z", "+00:00", "-05:30", "+01", "+0545"] {
        kinds.append((decimals, zone, decimals % 2 == 0 ? "T" : " "))
      }
    }
    // Of one kind, with an odd one somewhere, and of two kinds.
    var tables: [[String]] = []
    for kind in kinds {
      let rows = (0..<100).map { _ in Self.time(kind, &random) }
      tables += [rows, Array(rows.prefix(21))]
      tables.append(rows.map { Bool.random(using: &random) ? $0 : Self.time(kinds[1], &random) })
    }
    tables.append((0..<100).map { _ in "\(Int.random(in: 1_000_000_000...9_999_999_999, using: &random))" })
    for odd in Self.odd {
      var rows = (0..<40).map { _ in Self.time(kinds[Int.random(in: 0...1, using: &random)], &random) }
      rows[Int.random(in: 0..<40, using: &random)] = odd
      tables += [rows, [odd], Array(repeating: odd, count: 20)]
    }
    for rows in tables {
      let expected = try Self.read(rows, .definition, perSecond: perSecond, zone: zone)
      for kernel in [ScanKernel.portable, .avx2, .native] {
        let found = try Self.read(rows, kernel, perSecond: perSecond, zone: zone)
        #expect(found.times == expected.times, "\(kernel) \(rows.prefix(3))")
        #expect(found.blocks > 0 || expected.times.contains(nil), "\(rows.prefix(3))")
      }
    }
  }

  /// All days from 1 January of the year 1 to 31 December 9999, counted on from 719,162 days before 1970 (the proleptic Gregorian
  /// calendar, 146,097 days in 400 years), and nothing between them.
  @Test func everyDay() throws {
    var rows: [String] = []
    var expected: [Int64] = []
    for year in 1...9999 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let start = String(String("\(10_000 + year)").dropFirst())
      for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
        let stem = start + (month < 9 ? "-0" : "-") + "\(month + 1)-"
        for day in 1...days {
          expected.append(Int64(rows.count - 719_162) * 86_400)
          rows.append(stem + (day < 10 ? "0" : "") + "\(day)T00:00:00Z")
        }
      }
    }
    #expect(rows.count == 25 * 146_097 - 366)
    for kernel in [ScanKernel.portable, .native] {
      let found = try Self.read(rows, kernel, perSecond: 1)
      #expect(found.times.count == expected.count && found.blocks > 0)
      let wrong = zip(rows, zip(found.times, expected)).first { $0.1.0 != $0.1.1 }
      #expect(wrong == nil, "\(kernel) \(String(describing: wrong))")
    }
  }
}

import Foundation
import Tables
import TestSupport
import Testing

@Suite struct FieldParsingTests {
  static func number(_ text: String) -> Field.Number {
    Array(text.utf8).withUnsafeBufferPointer { FieldParsing.number($0) }
  }

  @Test(
    arguments: [
      ("0", 0.0), ("-0", -0.0), ("12", 12), ("+.5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001),
      ("9007199254740993", 9_007_199_254_740_992), ("0.1", 0.1),
      ("123456789012345678901234567890", 1.2345678901234568e29),
      ("1e-400", 0), ("4.9e-324", .leastNonzeroMagnitude), ("1.7976931348623157e308", .greatestFiniteMagnitude),
      ("0.000000000000000000000000000001", 1e-30), ("00012", 12),
    ])
  func values(_ text: String, _ value: Double) {
    #expect(Self.number(text) == .value(value))
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "12,5", "1_000", "nan", "inf", "0x10", "1 2", "--1", "1.2.3", "é"])
  func notNumbers(_ text: String) { #expect(Self.number(text) == .notANumber) }

  @Test(arguments: ["1e309", "-1e999", "1e99999999999"]) func tooLarge(_ text: String) {
    #expect(Self.number(text) == .tooLarge)
  }

  /// Swift's own conversion (strtod underneath) rounds correctly; so must ours, to the last bit.
  @Test func randomDecimalsAgreeToTheLastBit() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200_000 {
      let digits = Int.random(in: 1...22, using: &generator)
      var text = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
      if Bool.random(using: &generator) {
        text.insert(".", at: text.index(text.startIndex, offsetBy: Int.random(in: 0...digits, using: &generator)))
      }
      if Bool.random(using: &generator) { text += "e\(Int.random(in: -330...290, using: &generator))" }
      guard text != ".", let expected = Double(text), expected.isFinite else { continue }
      #expect(Self.number(text) == .value(expected), "\(text)")
    }
  }

  @Test(arguments: [
    ("1", true), ("0", false), ("TRUE", true), ("False", false), ("yes", true), ("N", false), ("1.0", true),
    ("tRuE", true), ("No", false), ("0.0", false), ("f", false), ("Y", true), ("FALSE", false),
  ])
  func booleans(_ text: String, _ value: Bool) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { FieldParsing.boolean($0) } == value)
  }

  @Test(arguments: [
    "2", "", "10", "maybe", "truest", "-1", "1\u{e}0", "\u{10}", "\u{0}no", "\u{0}", "ye", "truf", "01.0", "yes ", "ＮＯ",
    "nø",
  ])
  func notBooleans(_ text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { FieldParsing.boolean($0) } == nil)
  }
}

@Suite struct TimestampTests {
  static func parse(_ text: String) -> Timestamp? {
    Array(text.utf8).withUnsafeBufferPointer { FieldParsing.timestamp($0) }
  }

  @Test(
    "seconds by `date -u -d TEXT +%s`",
    arguments: [
      ("1970-01-01", 0, nil), ("2024-02-29", 1_709_164_800, nil), ("2026-11-23 14:05", 1_795_442_700, nil),
      ("20240229", 1_709_164_800, nil), ("19691231", -86_400, nil), ("100000000", 100_000_000, 0),
      ("2026-11-23T14:05:09+01:00", 1_795_442_709, 3600),
      ("2026-11-23T14:05:09-0530", 1_795_442_709, -19_800), ("1700000000", 1_700_000_000, 0),
      ("1969-12-31 23:59:59", -1, nil),
    ] as [(String, Int64, Int64?)])
  func reads(_ text: String, _ local: Int64, _ offset: Int64?) {
    #expect(Self.parse(text) == Timestamp(localSeconds: local, offset: offset))
  }

  /// Digits behind the sixth are cut off.
  @Test(
    arguments: [
      ("2026-11-23T14:05:09.250Z", 1_795_442_709, 250_000), ("2026-11-23 14:05:09.2500009Z", 1_795_442_709, 250_000),
      ("2026-11-23T14:05:09,000001+00", 1_795_442_709, 1), ("1700000000123", 1_700_000_000, 123_000),
      ("1700000000123456", 1_700_000_000, 123_456), ("99999999999", 99_999_999_999, 0),
    ] as [(String, Int64, Int64)])
  func fractions(_ text: String, _ seconds: Int64, _ microseconds: Int64) {
    #expect(Self.parse(text) == Timestamp(localSeconds: seconds, offset: 0, microseconds: microseconds))
  }

  @Test(
    arguments: [
      ("46082", "integer"), ("20260230", "integer"), ("-5", "integer"), ("0000000001", "integer"),
      ("099999999999", "integer"), ("2025-02-30", "no such day"),
      ("2025/13/01 10:00", "no such day"), ("2025-02-28T25:00", ""), ("soon", ""), ("-", ""),
    ])
  func saysWhyNot(_ text: String, _ part: String) {
    #expect(Self.parse(text) == nil)
    let why = FieldParsing.whyNotATime(text)
    #expect(part.isEmpty ? why.isEmpty : why.contains(part), "\(text): \(why)")
  }

  @Test(
    arguments: [
      "", "2023-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "2026-11-23T25:00", "2026-11-23 14:60", "23.11.2026",
      "11/23/2026", "2026-11-23x", "2026-11-23T14:05:09+", "yesterday", "123456789012345678",
    ])
  func refuses(_ text: String) { #expect(Self.parse(text) == nil) }

  /// Berlin's clock: UTC+1, from 31 March 2024 01:00Z UTC+2, back on 27 October 01:00Z. Instants by hand.
  @Test(
    arguments: [
      ("2024-01-15 12:00", 1_705_316_400), ("2024-07-15 12:00", 1_721_037_600),
      // Skipped: 02:30 does not exist; read with the offset before, 01:30Z.
      ("2024-03-31 02:30", 1_711_848_600),
      // Twice: the first 02:30 is in summer time, 00:30Z.
      ("2024-10-27 02:30", 1_729_989_000),
      ("2024-10-27 03:30", 1_729_996_200),
    ] as [(String, Int64)])
  func naiveTimesAreReadOnTheZonesClock(_ text: String, _ seconds: Int64) throws {
    var clock = try #require(ZoneClock("Europe/Berlin"))
    #expect(clock.seconds(of: try #require(Self.parse(text))) == seconds)
  }
}

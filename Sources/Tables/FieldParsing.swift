import Foundation

extension Field {
  /// The field without blanks at its ends.
  @inline(__always)
  package var trimmed: UnsafeBufferPointer<UInt8> {
    var (low, high) = (0, count)
    while low < high, start[low] == 0x20 || start[low] == 0x09 { low &+= 1 }
    while high > low, start[high &- 1] == 0x20 || start[high &- 1] == 0x09 { high &-= 1 }
    return UnsafeBufferPointer(start: start + low, count: high &- low)
  }

  package enum Number: Equatable {
    case value(Double)
    case notANumber
    case tooLarge
  }

  /// A decimal number, correctly rounded to the last bit: `-12`, `+.5`, `1e-7`, `1_000` is none. Blanks at the ends do not
  /// count. inf, nan and hexadecimal are no numbers here.
  package var number: Number { FieldParsing.number(trimmed) }

  /// 0, 1, true, false, yes, no, t, f, y, n in any case; also 0.0 and 1.0.
  package var boolean: Bool? { FieldParsing.boolean(trimmed) }
}

package enum FieldParsing {
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The number that a text is in the sense of a table: decimal and finite; nil for inf, nan, hexadecimal and nothing.
  package static func decimal(_ text: String) -> Double? {
    let found = Array(text.utf8).withUnsafeBufferPointer { number($0) }
    guard case .value(let value) = found else { return nil }
    return value
  }

  /// Up to 19 digits are gathered in an integer. With at most 53 bits of it and a power of ten up to 22 both factors are
  /// exact, so one operation rounds correctly (Clinger 1990, "How to read floating point numbers accurately"); the rest
  /// goes to strtod.
  package static func number(_ text: UnsafeBufferPointer<UInt8>) -> Field.Number {
    var index = 0
    let end = text.count
    guard end > 0 else { return .notANumber }
    let negative = text[0] == UInt8(ascii: "-")
    if negative || text[0] == UInt8(ascii: "+") { index = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var significant = 0
    var exponent = 0
    var seenPoint = false
    while index < end {
      let byte = text[index]
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        digits &+= 1
        if significant < 19 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if mantissa != 0 { significant &+= 1 }
          if seenPoint { exponent &-= 1 }
        } else {
          significant &+= 1
          if !seenPoint { exponent &+= 1 }
        }
      } else if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else {
        break
      }
      index &+= 1
    }
    guard digits > 0 else { return .notANumber }
    if index < end {
      guard text[index] | 0x20 == UInt8(ascii: "e"), let written = self.exponent(text, from: index + 1) else {
        return .notANumber
      }
      exponent &+= written
    }
    if significant <= 19, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
      let scale = powers[abs(exponent)]
      let value = exponent < 0 ? Double(mantissa) / scale : Double(mantissa) * scale
      return .value(negative ? -value : value)
    }
    if mantissa == 0 { return .value(negative ? -0.0 : 0) }
    return bySystem(text)
  }

  /// Digits of an exponent up to the end, at most 9,999 in size; nil if there are none.
  private static func exponent(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    var negative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      negative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < text.count else { return nil }
    var value = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = min(9_999, value * 10 + Int(digit))
      index += 1
    }
    return negative ? -value : value
  }

  /// The text is known to be a number in C's grammar; strtod rounds it correctly.
  private static func bySystem(_ text: UnsafeBufferPointer<UInt8>) -> Field.Number {
    let value = withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for (index, byte) in text.enumerated() { copy[index] = CChar(bitPattern: byte) }
      copy[text.count] = 0
      return strtod(copy.baseAddress!, nil)
    }
    return value.isFinite ? .value(value) : .tooLarge
  }

  package static func boolean(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
    if text.count == 1 {
      switch text[0] {
      case UInt8(ascii: "0"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "n"), UInt8(ascii: "N"): return false
      case UInt8(ascii: "1"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "y"), UInt8(ascii: "Y"): return true
      default: return nil
      }
    }
    guard text.count <= 5 else { return nil }
    var word: UInt64 = 1
    for byte in text { word = word &<< 8 | UInt64((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) }
    switch word {
    case Self.word("true"), Self.word("yes"), Self.word("1.0"): return true
    case Self.word("false"), Self.word("no"), Self.word("0.0"): return false
    default: return nil
    }
  }

  /// The bytes of a short word as a number, the first one highest, behind a 1 that tells how many there are.
  @inline(__always)
  private static func word(_ text: StaticString) -> UInt64 {
    var word: UInt64 = 1
    for place in 0..<text.utf8CodeUnitCount { word = word &<< 8 | UInt64(text.utf8Start[place]) }
    return word
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are one of the words; an empty field is missing without being listed.
  package func isMissing(_ words: [[UInt8]]) -> Bool {
    if isEmpty { return true }
    for word in words where word.count == count {
      if zip(word, self).allSatisfy({ $0 == $1 }) { return true }
    }
    return false
  }
}

import Basics

/// Reads a case's input. What is missing or of another type is a `KernelInputFault` that names the key.
package enum Reading {
  /// A number; `"inf"`, `"Infinity"`, `"-inf"`, `"-Infinity"` and `"NaN"` stand for those doubles.
  static func number(_ value: JSONValue) -> Double? {
    if let number = value.double { return number }
    return switch value.string {
    case "inf", "Infinity": .infinity
    case "-inf", "-Infinity": -.infinity
    case "NaN": .nan
    default: nil
    }
  }

  /// A double as the schema writes it.
  static func value(_ number: Double) -> JSONValue {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number > 0 ? "inf" : "-inf" }
    return .number(number)
  }

  static func value(_ numbers: [Double]) -> JSONValue { .array(numbers.map(value)) }
  static func value(_ numbers: [Double?]) -> JSONValue { .array(numbers.map { value($0) }) }
  static func value(_ number: Double?) -> JSONValue { number.map { value($0) } ?? .null }
}

/// A case whose input a kernel cannot use.
package struct KernelInputFault: Error, Hashable, CustomStringConvertible {
  package let key: String
  package let expected: String
  package init(key: String, expected: String) {
    self.key = key
    self.expected = expected
  }
  package var description: String { "the input needs \(expected) as '\(key)'" }
}

extension JSONValue {
  func number(_ key: String) throws(KernelInputFault) -> Double {
    guard let value = self[key].flatMap(Reading.number) else {
      throw KernelInputFault(key: key, expected: "a number")
    }
    return value
  }

  func number(_ key: String, default fallback: Double) -> Double { self[key].flatMap(Reading.number) ?? fallback }

  func integer(_ key: String) throws(KernelInputFault) -> Int {
    guard let value = self[key]?.int else { throw KernelInputFault(key: key, expected: "an integer") }
    return value
  }

  func word(_ key: String) throws(KernelInputFault) -> String {
    guard let value = self[key]?.string else { throw KernelInputFault(key: key, expected: "a word") }
    return value
  }

  func numbers(_ key: String) throws(KernelInputFault) -> [Double] {
    guard let values = self[key].flatMap(JSONValue.numbers) else {
      throw KernelInputFault(key: key, expected: "a list of numbers")
    }
    return values
  }

  func integers(_ key: String) throws(KernelInputFault) -> [Int] {
    let values = self[key]?.array?.compactMap(\.int)
    guard let values, values.count == self[key]?.array?.count else {
      throw KernelInputFault(key: key, expected: "a list of integers")
    }
    return values
  }

  func rows(_ key: String) throws(KernelInputFault) -> [[Double]] {
    let rows = self[key]?.array?.compactMap(JSONValue.numbers)
    guard let rows, rows.count == self[key]?.array?.count else {
      throw KernelInputFault(key: key, expected: "a list of lists of numbers")
    }
    return rows
  }

  private static func numbers(_ value: JSONValue) -> [Double]? {
    guard let array = value.array else { return nil }
    let numbers = array.compactMap(Reading.number)
    return numbers.count == array.count ? numbers : nil
  }
}

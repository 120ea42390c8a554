import Basics
import Tables

/// Collects every fault of a spec, so that all are reported at once.
final class SpecFaults {
  private(set) var all: [SpecFault] = []

  func add(_ kind: SpecFault.Kind, _ position: SourcePosition) {
    all.append(SpecFault(kind: kind, position: position))
  }

  /// Throws what was collected, in the order of the text.
  func throwIfAny() throws(InputFaults) {
    guard !all.isEmpty else { return }
    throw InputFaults(
      all.enumerated().sorted {
        ($0.1.position?.line ?? 0, $0.1.position?.column ?? 0, $0.0) < (
          $1.1.position?.line ?? 0, $1.1.position?.column ?? 0, $1.0
        )
      }.map(\.1))
  }
}

/// Reads one mapping strictly: every key asked for is known, `finish` reports the others.
final class SpecReader {
  /// As the reader of the error would call it: `the spec`, `method`, `rollout.stages[2]`.
  let path: String
  let position: SourcePosition
  let faults: SpecFaults
  private let members: [SpecNode.Member]
  private var known: [String] = []

  /// Nil, with a fault, if the node is no mapping.
  init?(_ node: SpecNode, path: String, faults: SpecFaults) {
    guard case .mapping(let members) = node.content else {
      faults.add(.wrongType(path.isEmpty ? "the spec" : path, expected: "a mapping", found: node.found), node.position)
      return nil
    }
    self.path = path
    self.members = members
    self.faults = faults
    position = node.position
  }

  func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Faults for keys that were never asked for.
  func finish() {
    for member in members where !known.contains(member.key) {
      let nearest = nearestName(to: member.key, among: known)
      let place = path.isEmpty ? "the spec" : "'\(path)'"
      faults.add(.unknownKey(member.key, in: place, nearest: nearest, known: known), member.position)
    }
  }

  /// The value of a key; nil if it is absent or null.
  func node(_ key: String) -> SpecNode? {
    if !known.contains(key) { known.append(key) }
    guard let node = members.first(where: { $0.key == key })?.value, !node.isNull else { return nil }
    return node
  }

  /// Reports a key that must be there.
  func require(_ key: String, _ expected: String) {
    let given = members.first { $0.key == key }
    guard given == nil || given?.value.isNull == true else { return }
    let place = path.isEmpty ? "the spec" : "'\(path)'"
    faults.add(.missingKey(key, in: place, expected: expected), given?.value.position ?? position)
  }

  /// Reports keys that exclude each other.
  func atMostOne(of keys: [String]) {
    let given = keys.compactMap { key in node(key).map { (key, $0) } }
    guard given.count > 1 else { return }
    let names = keys.map { "'\($0)'" }.joined(separator: ", ")
    let found = given.map { "'\($0.0)'" }.joined(separator: " and ")
    faults.add(.badValue(path, expected: "at most one of \(names)", found: found), given[1].1.position)
  }

  // MARK: Values

  func text(_ key: String) -> String? { node(key).flatMap { text($0, full(key)) } }

  func text(_ node: SpecNode, _ path: String) -> String? {
    guard let text = node.text, !text.isEmpty else {
      faults.add(.wrongType(path, expected: "text", found: node.text == "" ? "empty text" : node.found), node.position)
      return nil
    }
    return text
  }

  func bool(_ key: String) -> Bool? {
    read(key, "true or false") { $0.bool }
  }

  func integer(_ key: String, atLeast minimum: Int) -> Int? {
    read(key, "a whole number, at least \(minimum)") { node in node.integer.flatMap { $0 >= minimum ? $0 : nil } }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    read(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { node in
      node.integer.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// A list of numbers, each above the one before.
  func ascending(_ key: String) -> [Double]? {
    read(key, "a list of numbers, each above the one before") { node in
      guard case .sequence(let elements) = node.content, !elements.isEmpty else { return nil }
      let numbers = elements.compactMap(\.number)
      let rises = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
      return numbers.count == elements.count && rises ? numbers : nil
    }
  }

  func number(_ key: String, _ expected: String, where isValid: (Double) -> Bool) -> Double? {
    read(key, expected) { node in node.number.flatMap { isValid($0) ? $0 : nil } }
  }

  /// A fraction, 0.1, or a percentage, 10%.
  func share(_ key: String, _ expected: String, where isValid: (Double) -> Bool) -> Double? {
    read(key, expected) { node in Shares.fraction(node).flatMap { isValid($0) ? $0 : nil } }
  }

  /// Seconds.
  func duration(_ key: String) -> Double? {
    read(key, "a duration such as 36h, 14d or 2w") { node in node.text.flatMap(Durations.seconds) }
  }

  /// A duration of whole days, from one to ten years.
  func days(_ key: String) -> Int? {
    read(key, "a duration of whole days up to ten years, such as 7 days") { node in
      guard let seconds = node.text.flatMap(Durations.seconds) else { return nil }
      let days = (seconds / 86_400).rounded()
      return days * 86_400 == seconds && days >= 1 && days <= 3650 ? Int(days) : nil
    }
  }

  func choice<Value: RawRepresentable & CaseIterable>(_ key: String) -> Value? where Value.RawValue == String {
    guard let node = node(key), let text = text(node, full(key)) else { return nil }
    if let value = Value(rawValue: text) { return value }
    let known = Value.allCases.map(\.rawValue)
    faults.add(
      .unknownName(full(key), found: text, known: known, nearest: nearestName(to: text, among: known)), node.position)
    return nil
  }

  /// A list of texts, or one text.
  func texts(_ key: String) -> [String]? {
    guard let node = node(key) else { return nil }
    guard case .sequence(let elements) = node.content else { return text(node, full(key)).map { [$0] } }
    if elements.isEmpty { faults.add(.badValue(full(key), expected: "at least one", found: "none"), node.position) }
    return elements.enumerated().compactMap { text($1, "\(full(key))[\($0)]") }
  }

  /// Words as they are spelled: null is one too, and not nothing.
  func words(_ key: String) -> [String] {
    if !known.contains(key) { known.append(key) }
    guard let node = members.first(where: { $0.key == key })?.value else { return [] }
    if case .scalar("", isPlain: true) = node.content { return [] }
    guard case .sequence(let elements) = node.content else { return word(node, full(key)).map { [$0] } ?? [] }
    return elements.enumerated().compactMap { word($1, "\(full(key))[\($0)]") }
  }

  private func word(_ node: SpecNode, _ path: String) -> String? {
    if case .scalar(let text, _) = node.content, !text.isEmpty { return text }
    let found = if case .scalar = node.content { "empty text" } else { node.found }
    faults.add(.wrongType(path, expected: "a word", found: found), node.position)
    return nil
  }

  func elements(_ key: String, _ expected: String) -> [SpecNode]? {
    guard let node = node(key) else { return nil }
    guard case .sequence(let elements) = node.content, !elements.isEmpty else {
      faults.add(.wrongType(full(key), expected: expected, found: node.found), node.position)
      return nil
    }
    return elements
  }

  func mapping(_ key: String) -> SpecReader? {
    node(key).flatMap { SpecReader($0, path: full(key), faults: faults) }
  }

  private func read<Value>(_ key: String, _ expected: String, _ convert: (SpecNode) -> Value?) -> Value? {
    guard let node = node(key) else { return nil }
    if let value = convert(node) { return value }
    faults.add(.badValue(full(key), expected: expected, found: node.found), node.position)
    return nil
  }
}

/// Shares written as fractions or percentages.
enum Shares {
  static func fraction(_ node: SpecNode) -> Double? {
    if let number = node.number { return number }
    guard let text = node.text, text.hasSuffix("%") else { return nil }
    let digits = text.dropLast().filter { $0 != " " }
    guard let value = FieldParsing.decimal(String(digits)), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "e") }) else {
      return nil
    }
    return value / 100
  }
}

/// What one column of a table holds.
public struct ColumnProfile: Sendable, Equatable {
  public enum Kind: String, Sendable { case empty, boolean, integer, decimal, time, text }
  /// What the column is probably for.
  public enum Role: String, Sendable { case unit, variant, time, event, segment, metric }

  public let name: String
  /// The narrowest kind that every value has.
  public let kind: Kind
  public let rows: Int
  /// Empty fields.
  public let missing: Int
  /// Distinct values; an estimate to some two percent if not exact.
  public let distinct: Int
  public let isDistinctExact: Bool
  /// Of numbers: the smallest, the quantiles at 0.25, 0.5, 0.75, 0.95, the largest. Exact for up to 1,024 different numbers,
  /// else within one percent. Else nil.
  public let quantiles: [Double]?
  /// Values that look like a word for a missing one, such as NA.
  public let nullWords: [String]
  /// Of text: the values, in the order of first appearance, if there are at most 20; else none.
  public let words: [String]
  public let role: Role?
}

/// Gathers a column of a chunk.
struct ColumnTally: Sendable {
  private(set) var rows = 0
  private(set) var missing = 0
  private var booleans = 0
  private var integers = 0
  private var numbers = 0
  private var times = 0
  private var distinct = DistinctSketch()
  private var histogram = LogHistogram()
  private var nullWords: [String: Int] = [:]
  private var words = Interner()

  private static let wordLimit = 20
  private static let wordsForMissing: Set<String> = ["na", "n/a", "nan", "null", "none", "nil", "\\n", "-", "?"]

  mutating func insert(_ field: Field) {
    rows += 1
    let text = field.trimmed
    guard !text.isEmpty else {
      missing += 1
      return
    }
    distinct.insert(ByteHash.hash(field.bytes))
    if words.count <= Self.wordLimit { _ = words.code(of: text) }
    if FieldParsing.boolean(text) != nil { booleans += 1 }
    if case .value(let value) = FieldParsing.number(text) {
      numbers += 1
      histogram.insert(value)
      if value == value.rounded(), !text.contains(UInt8(ascii: ".")) { integers += 1 }
    } else if text.count <= 4, Self.wordsForMissing.contains(String(decoding: text, as: UTF8.self).lowercased()) {
      nullWords[String(decoding: text, as: UTF8.self), default: 0] += 1
    }
    // A number of eleven digits is a number first.
    if text.count >= 8, text[4] == UInt8(ascii: "-") || text[4] == UInt8(ascii: "/"),
      FieldParsing.timestamp(text) != nil
    {
      times += 1
    }
  }

  mutating func merge(_ other: ColumnTally) {
    rows += other.rows
    missing += other.missing
    booleans += other.booleans
    integers += other.integers
    numbers += other.numbers
    times += other.times
    distinct.merge(other.distinct)
    histogram.merge(other.histogram)
    nullWords.merge(other.nullWords, uniquingKeysWith: +)
    for word in other.words.strings where words.count <= Self.wordLimit {
      _ = Array(word.utf8).withUnsafeBufferPointer { words.code(of: $0) }
    }
  }

  private var kind: ColumnProfile.Kind {
    // Words for missing values do not make a column of numbers text.
    let values = rows - missing - nullWords.values.reduce(0, +)
    if values == 0 { return rows == missing ? .empty : .text }
    if booleans == values { return .boolean }
    if integers == values { return .integer }
    if numbers == values { return .decimal }
    return times == values ? .time : .text
  }

  func profile(_ name: String) -> ColumnProfile {
    let (distinct, isExact) = distinct.count
    let isNumeric = kind == .integer || kind == .decimal
    return ColumnProfile(
      name: name, kind: kind, rows: rows, missing: missing, distinct: distinct, isDistinctExact: isExact,
      quantiles: isNumeric
        ? [histogram.minimum] + [0.25, 0.5, 0.75, 0.95].map(histogram.quantile) + [histogram.maximum] : nil,
      nullWords: kind == .text ? [] : nullWords.keys.sorted(),
      words: kind == .text && words.count <= Self.wordLimit ? words.strings : [], role: role(name, distinct))
  }

  private func role(_ name: String, _ distinct: Int) -> ColumnProfile.Role? {
    let word = name.lowercased()
    func has(_ parts: [String]) -> Bool { parts.contains { word.contains($0) } }
    if (2...20).contains(distinct),
      has(["variant", "variation", "treatment", "bucket", "experiment_group"]) || word == "arm" || word == "group"
    {
      return .variant
    }
    if kind == .time { return .time }
    let isIdentifier =
      word == "id" || word.hasSuffix("_id") || has(["user", "uuid", "guid", "customer", "visitor", "device", "email"])
    // Some tools write ids as decimals: GA4's are two integers with a point between them.
    let mayIdentify = kind == .text || kind == .integer || (kind == .decimal && word.hasSuffix("id"))
    if isIdentifier, mayIdentify, distinct > 20 { return .unit }
    if (kind == .integer), has(["timestamp", "_at", "time"]), (histogram.minimum) > 1e8 { return .time }
    switch kind {
    case .integer, .decimal, .boolean: return .metric
    case .text where has(["event"]) && distinct <= 1000: return .event
    case .text where (2...50).contains(distinct): return .segment
    default: return nil
    }
  }
}

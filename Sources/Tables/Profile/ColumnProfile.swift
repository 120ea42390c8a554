import Basics

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
  /// else within one percent; of times those between the smallest and the largest are NaN. Else nil.
  public let quantiles: [Double]?
  /// Values that look like a word for a missing one, such as NA.
  public let nullWords: [String]
  /// Of text, whole numbers and booleans: the values, in the order of first appearance, if there are at most 20; else none.
  public let words: [String]
  public let role: Role?
  /// Set: the column is text because of some values that are not of the kind of most others.
  public let misfits: Misfits?
  /// Set: all values are of a form that is not read as what it means.
  public let form: Form?

  /// Values that widen a column to text, of which more than half would be something narrower.
  public struct Misfits: Sendable, Equatable {
    /// What the others are.
    public let kind: Kind
    public let count: Int
    /// The line of the first, and what stands there.
    public let first: SourcePosition
    public let found: String
  }

  /// Ways to write numbers and dates that other programs have.
  public enum Form: String, Sendable { case decimalComma = "decimal comma", localDate = "local date" }
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
  private var commaNumbers = 0
  private var localDates = 0
  /// The first values that are no number, no time, no boolean.
  private var firstOthers: [Place?] = [nil, nil, nil]

  /// Of a value: the part and offset of its row, and how it begins.
  struct Place: Sendable {
    var part = 0
    let offset: Int
    let found: String
  }

  private static let shownCharacters = 40
  private static let wordLimit = 20
  private static let wordsForMissing: Set<String> = ["na", "n/a", "nan", "null", "none", "nil", "\\n", "-", "?"]

  /// - Parameters:
  ///   - offset: of the row in its file.
  ///   - missing: words that stand for a missing value.
  mutating func insert(_ field: Field, offset: Int, missing nullWords: [[UInt8]]) {
    rows += 1
    let text = field.trimmed
    guard !text.isMissing(nullWords) else {
      missing += 1
      return
    }
    distinct.insert(ByteHash.hash(field.bytes))
    if words.count <= Self.wordLimit { _ = words.code(of: text) }
    if FieldParsing.boolean(text) != nil { booleans += 1 } else { note(2, field, offset) }
    if case .value(let value) = FieldParsing.number(text) {
      numbers += 1
      histogram.insert(value)
      if value == value.rounded(), !text.contains(UInt8(ascii: ".")) { integers += 1 }
    } else if Self.isWordForMissing(text) {
      self.nullWords[String(decoding: text, as: UTF8.self), default: 0] += 1
      return
    } else {
      note(0, field, offset)
      if text.count <= 24, text[0] == UInt8(ascii: "-") || (0x30...0x39).contains(text[0]) {
        if Self.isCommaNumber(text) { commaNumbers += 1 } else if Self.isLocalDate(text) { localDates += 1 }
      }
    }
    // A number of eleven digits is a number first.
    if text.count >= 8, text[4] == UInt8(ascii: "-") || text[4] == UInt8(ascii: "/"),
      FieldParsing.timestamp(text) != nil
    {
      times += 1
    } else {
      note(1, field, offset)
    }
  }

  /// Their first letters tell nearly all others.
  private static func isWordForMissing(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= 4 else { return false }
    switch text[0] {
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "\\"), UInt8(ascii: "-"), UInt8(ascii: "?"):
      return wordsForMissing.contains(String(decoding: text, as: UTF8.self).lowercased())
    default: return false
    }
  }

  private mutating func note(_ kind: Int, _ field: Field, _ offset: Int) {
    guard firstOthers[kind] == nil else { return }
    firstOthers[kind] = Place(offset: offset, found: String(field.string.prefix(Self.shownCharacters)))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Digits with one comma, and points before it: 1.234,5.
  private static func isCommaNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let first = text.first == UInt8(ascii: "-") ? 1 : 0
    guard let comma = text.firstIndex(of: UInt8(ascii: ",")), comma > first, comma < text.count - 1 else {
      return false
    }
    return (first..<comma).allSatisfy { isDigit(text[$0]) || text[$0] == UInt8(ascii: ".") }
      && (comma + 1..<text.count).allSatisfy { isDigit(text[$0]) }
  }

  /// Day and month before the year: 01.03.2026, 3/1/2026; a time may follow.
  private static func isLocalDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    func digits(atMost count: Int) -> Int {
      let start = index
      while index < text.count, index < start + count, isDigit(text[index]) { index += 1 }
      return index - start
    }
    for _ in 0..<2 {
      guard digits(atMost: 2) > 0, index < text.count, ".-/".utf8.contains(text[index]) else { return false }
      index += 1
    }
    return digits(atMost: 4) == 4 && (index == text.count || text[index] == UInt8(ascii: " "))
  }

  /// What makes more of the same column quicker to count.
  struct Known: Sendable {
    fileprivate var limit = UInt64.max
    fileprivate var isExact = true
  }

  var known: Known { Known(limit: distinct.limit, isExact: histogram.isExact) }

  /// Forgets all, for more of the same column.
  ///
  /// - Parameter known: of a tally that this one was merged into.
  mutating func clear(_ known: Known) {
    (rows, missing, booleans, integers, numbers, times) = (0, 0, 0, 0, 0, 0)
    (commaNumbers, localDates) = (0, 0)
    (nullWords, words) = ([:], Interner())
    firstOthers = [nil, nil, nil]
    distinct.clear(limit: known.limit)
    histogram.clear(isExact: known.isExact)
  }

  /// - Parameter part: that the other one is of.
  mutating func merge(_ other: ColumnTally, part: Int) {
    commaNumbers += other.commaNumbers
    localDates += other.localDates
    for kind in firstOthers.indices where firstOthers[kind] == nil {
      firstOthers[kind] = other.firstOthers[kind]
      firstOthers[kind]?.part = part
    }
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

  // Words for missing values do not make a column of numbers text.
  private var values: Int { rows - missing - nullWords.values.reduce(0, +) }

  private var kind: ColumnProfile.Kind {
    let values = values
    if values == 0 { return rows == missing ? .empty : .text }
    if booleans == values { return .boolean }
    if integers == values { return .integer }
    if numbers == values { return .decimal }
    return times == values ? .time : .text
  }

  /// What the column would be without fewer than half of its values.
  private func misfits(_ position: (Place) -> SourcePosition) -> ColumnProfile.Misfits? {
    guard kind == .text else { return nil }
    let candidates: [(ColumnProfile.Kind, count: Int, Place?)] = [
      (numbers == integers ? .integer : .decimal, numbers, firstOthers[0]), (.time, times, firstOthers[1]),
      (.boolean, booleans, firstOthers[2]),
    ]
    // Of as many booleans as numbers, 0 and 1, the column is of numbers.
    guard let most = candidates.max(by: { $0.count < $1.count }), 2 * most.count > values, let first = most.2 else {
      return nil
    }
    let best = candidates.first { $0.count == most.count } ?? most
    return ColumnProfile.Misfits(
      kind: best.0, count: values - best.count, first: position(best.2 ?? first), found: (best.2 ?? first).found)
  }

  private var form: ColumnProfile.Form? {
    guard values > 0 else { return nil }
    // Whole numbers have no comma.
    if commaNumbers > 0, commaNumbers + integers == values { return .decimalComma }
    return localDates == values ? .localDate : nil
  }

  /// - Parameter position: where a row is.
  func profile(_ name: String, _ position: (Place) -> SourcePosition) -> ColumnProfile {
    let (estimate, isExact) = distinct.count
    // An estimate may be above what there can be.
    let distinct = min(estimate, rows - missing)
    let isNumeric = kind == .integer || kind == .decimal
    let (form, role) = (form, role(name, distinct))
    // Of Unix times one percent is months: only the first and the last are known.
    let between = [0.25, 0.5, 0.75, 0.95].map { role == .time ? .nan : histogram.quantile($0) }
    return ColumnProfile(
      name: name, kind: kind, rows: rows, missing: missing, distinct: distinct, isDistinctExact: isExact,
      quantiles: isNumeric
        ? [histogram.minimum] + between + [histogram.maximum] : nil,
      nullWords: kind == .text ? [] : nullWords.keys.sorted(),
      words: (kind == .text || kind == .integer || kind == .boolean) && words.count <= Self.wordLimit
        ? words.strings : [],
      role: role, misfits: form == nil ? misfits(position) : nil, form: form)
  }

  /// Text because of a few values, or of how they are written: no segment.
  private var isMostlyNarrower: Bool { 2 * max(numbers, times, booleans) > values || form != nil }

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
      word == "id" || word == "uid" || word.hasSuffix("_id")
      || has(["user", "uuid", "guid", "customer", "visitor", "device", "email"])
    // Some tools write ids as decimals: GA4's are two integers with a point between them.
    let mayIdentify = kind == .text || kind == .integer || (kind == .decimal && word.hasSuffix("id"))
    if isIdentifier, mayIdentify, distinct > 20 { return .unit }
    if (kind == .integer), has(["timestamp", "_at", "time"]), (histogram.minimum) > 1e8 { return .time }
    if word == "id" || word.hasSuffix("_id") { return nil }
    switch kind {
    case .integer, .decimal, .boolean: return .metric
    case .text where has(["event"]) && distinct <= 1000: return .event
    case .text where (2...50).contains(distinct): return isMostlyNarrower ? nil : .segment
    default: return nil
    }
  }
}

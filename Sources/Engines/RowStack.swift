import CScan
import Tables

/// Columns of one length that grow together. What stands behind their rows counts for nothing: there is always room for eight
/// more, which may be written over.
final class GrowingColumns<Element: BitwiseCopyable>: @unchecked Sendable {
  let width: Int
  private(set) var capacity = 0
  private var base: UnsafeMutablePointer<Element>

  private static var margin: Int { 8 }

  init(width: Int) {
    self.width = width
    base = .allocate(capacity: 1)
  }

  /// One column of these.
  convenience init(_ elements: [Element]) {
    self.init(width: 1)
    reserve(elements.count, behind: 0)
    base.update(from: elements, count: elements.count)
  }

  deinit { base.deallocate() }

  subscript(column: Int) -> UnsafeMutablePointer<Element> { base + column &* capacity }

  /// Makes room for `more` rows behind the first `count`, which stay.
  func reserve(_ more: Int, behind count: Int) {
    let needed = count + more + Self.margin
    guard needed > capacity, width > 0 else { return }
    let larger = max(needed, 2 * capacity)
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: larger * width)
    for column in 0..<width where count > 0 {
      (memory + column * larger).update(from: base + column * capacity, count: count)
    }
    base.deallocate()
    (base, capacity) = (memory, larger)
  }
}

/// Rows of an arm in the order of the file: their numbers, and codes of their segments and clusters.
final class RowStack: @unchecked Sendable {
  private(set) var count = 0
  /// Rows behind those whose numbers are written, but which are not counted yet: those of the last `write`.
  private var pending = 0
  let values: GrowingColumns<Double>
  /// One column for each segment column, then one for the clusters if there are any.
  let codes: GrowingColumns<Int32>

  init(width: Int, codes: Int) {
    values = GrowingColumns(width: width)
    self.codes = GrowingColumns(width: codes)
  }

  func removeAll() { (count, pending) = (0, 0) }

  func append(_ row: [Double], _ words: [Int32]) {
    reserve(1)
    for column in row.indices { values[column][count] = row[column] }
    for column in words.indices { codes[column][count] = words[column] }
    count += 1
  }

  /// Appends the rows of two codes to a stack each.
  ///
  /// - Parameters:
  ///   - rows: how many there are to choose from.
  ///   - arms: their codes; the other two are as the stacks'.
  ///   - allowsGaps: else nothing is changed where any of the rows lacks a number.
  ///   - kernel: looks for the rows.
  /// - Returns: whether they were appended.
  @discardableResult
  static func part(
    _ rows: Int, _ arms: UnsafePointer<Int32>, to first: (code: Int32, stack: RowStack),
    _ second: (code: Int32, stack: RowStack), allowsGaps: Bool, _ numbers: GrowingColumns<Double>,
    _ words: GrowingColumns<Int32>, _ kernel: ScanKernel
  ) -> Bool {
    let (a, b) = (first.stack, second.stack)
    a.reserve(rows)
    b.reserve(rows)
    var parted = cscan_parted()
    for column in 0..<a.values.width {
      parted = cscan_part(
        numbers[column], arms, rows, first.code, second.code, kernel.level, a.values[column] + a.count,
        b.values[column] + b.count)
      guard parted.has_gaps == 0 || allowsGaps else { return false }
    }
    if words.width > 0 {
      parted.first = a.select(rows, arms, first.code, words, kernel)
      parted.second = b.select(rows, arms, second.code, words, kernel)
    }
    if a.values.width + words.width == 0 {
      for row in 0..<rows {
        parted.first += arms[row] == first.code ? 1 : 0
        parted.second += arms[row] == second.code ? 1 : 0
      }
    }
    a.count += parted.first
    b.count += parted.second
    return true
  }

  /// Writes the words of the rows with one code behind the others, and returns how many rows those are.
  private func select(
    _ rows: Int, _ arms: UnsafePointer<Int32>, _ code: Int32, _ words: GrowingColumns<Int32>, _ kernel: ScanKernel
  ) -> Int {
    var count = 0
    for column in 0..<words.width {
      count = cscan_select_codes(words[column], arms, rows, code, kernel.level, codes[column] + self.count)
    }
    return count
  }

  /// Has the numbers of some rows written behind the others; `appendPending` counts them.
  ///
  /// - Parameter write: gets where a column's are to go.
  /// - Returns: what `write` does. If that is false, no row is pending.
  func write(_ rows: Int, _ write: ((Int) -> UnsafeMutablePointer<Double>) -> Bool) -> Bool {
    values.reserve(rows, behind: count)
    let isWritten = write { values[$0] + count }
    pending = isWritten ? rows : 0
    return isWritten
  }

  /// Appends the pending rows, which are those with one code.
  func appendPending(
    of rows: Int, _ arms: UnsafePointer<Int32>, _ code: Int32, _ words: GrowingColumns<Int32>, _ kernel: ScanKernel
  ) {
    guard pending > 0 else { return }
    codes.reserve(rows, behind: count)
    _ = select(rows, arms, code, words, kernel)
    count += pending
    pending = 0
  }

  /// Appends the rows with these numbers.
  func append(
    _ rows: UnsafeBufferPointer<Int32>, _ numbers: GrowingColumns<Double>, _ words: GrowingColumns<Int32>
  ) {
    reserve(rows.count)
    for column in 0..<values.width {
      let (from, to) = (numbers[column], values[column] + count)
      for index in 0..<rows.count { to[index] = from[Int(rows[index])] }
    }
    for column in 0..<codes.width {
      let (from, to) = (words[column], codes[column] + count)
      for index in 0..<rows.count { to[index] = from[Int(rows[index])] }
    }
    count += rows.count
  }

  private func reserve(_ more: Int) {
    values.reserve(more, behind: count)
    codes.reserve(more, behind: count)
  }
}

/// The rows of one arm: those that have every number, and those that lack one (NaN).
struct ArmRows: Sendable {
  let complete: RowStack
  let gaps: RowStack

  init(width: Int, codes: Int) {
    complete = RowStack(width: width, codes: codes)
    gaps = RowStack(width: width, codes: codes)
  }

  var count: Int { complete.count + gaps.count }
}

/// Rows parted by their arm, each arm's in their order.
struct PartedRows: Sendable {
  private let width: Int
  private let codes: Int
  /// Rows with gaps are not kept apart: what they add to depends on the order of all.
  private let keepsOrder: Bool
  private let kernel: ScanKernel
  /// By code of the arm.
  private(set) var arms: [ArmRows] = []

  /// Up to this many arms are told apart by looking at all rows once for each.
  private static let fewArms = 4

  init(width: Int, codes: Int, keepsOrder: Bool, _ kernel: ScanKernel) {
    (self.width, self.codes, self.keepsOrder, self.kernel) = (width, codes, keepsOrder, kernel)
  }

  func removeAll() {
    for arm in arms {
      arm.complete.removeAll()
      arm.gaps.removeAll()
    }
  }

  private mutating func makeArms(_ count: Int) {
    while arms.count < count { arms.append(ArmRows(width: width, codes: codes)) }
  }

  mutating func append(_ row: [Double], _ words: [Int32], arm: Int) {
    makeArms(arm + 1)
    let isComplete = keepsOrder || !row.contains { $0.isNaN }
    (isComplete ? arms[arm].complete : arms[arm].gaps).append(row, words)
  }

  /// Appends rows that lie column after column.
  ///
  /// - Parameters:
  ///   - armCodes: of the rows; overwritten.
  ///   - armCount: codes are below it.
  mutating func append(
    _ rows: Int, _ armCodes: UnsafeMutablePointer<Int32>, of armCount: Int, _ numbers: GrowingColumns<Double>,
    _ words: GrowingColumns<Int32>
  ) {
    makeArms(armCount)
    if appendPairs(rows, armCodes, of: armCount, numbers, words) { return }
    if !keepsOrder { for column in 0..<width { _ = cscan_mark_gaps(numbers[column], rows, kernel.level, armCodes) } }
    if armCount <= Self.fewArms {
      for code in 0..<armCount {
        let (arm, stacks) = (Int32(truncatingIfNeeded: code), arms[code])
        RowStack.part(
          rows, armCodes, to: (arm, stacks.complete), (-1 - arm, stacks.gaps), allowsGaps: true, numbers, words, kernel)
      }
      return
    }
    // Those with gaps behind all the others.
    let codes = (0..<rows).map { row in
      armCodes[row] >= 0 ? armCodes[row] : Int32(truncatingIfNeeded: armCount) - 1 - armCodes[row]
    }
    let places = PlacesByCode(codes, of: 2 * armCount)
    for code in 0..<armCount {
      places.withPlaces(of: code) { arms[code].complete.append($0, numbers, words) }
      places.withPlaces(of: armCount + code) { arms[code].gaps.append($0, numbers, words) }
    }
  }
}

extension PartedRows {
  /// A code of arms and where rows of it go that lack no number.
  typealias Target = (code: Int32, stack: RowStack)

  /// Does something with two arms at a time, until it is false; false if they are too many for that. An arm without another goes
  /// with its gaps, of which there are none.
  mutating func eachPair(of armCount: Int, _ body: (Target, Target) -> Bool) -> Bool {
    guard armCount <= Self.fewArms else { return false }
    makeArms(armCount)
    for code in stride(from: 0, to: armCount, by: 2) {
      let (first, second) = (Int32(truncatingIfNeeded: code), Int32(truncatingIfNeeded: code + 1))
      let other = code + 1 < armCount ? (second, arms[code + 1].complete) : (-1 - first, arms[code].gaps)
      guard body((first, arms[code].complete), other) else { return false }
    }
    return true
  }

  /// The same as `append` for rows without gaps, or whose order is kept; false, and nothing changed, for others.
  private mutating func appendPairs(
    _ rows: Int, _ armCodes: UnsafePointer<Int32>, of armCount: Int, _ numbers: GrowingColumns<Double>,
    _ words: GrowingColumns<Int32>
  ) -> Bool {
    let (keepsOrder, kernel) = (keepsOrder, kernel)
    // The first pair sees the gaps of all rows.
    return eachPair(of: armCount) { first, second in
      RowStack.part(rows, armCodes, to: first, second, allowsGaps: keepsOrder, numbers, words, kernel)
    }
  }
}

/// Places of rows ordered by a code, each code's in their order.
struct PlacesByCode: Sendable {
  private let rows: [Int32]
  private let starts: [Int]

  init(_ codes: some Collection<Int32>, of count: Int) {
    var starts = [Int](repeating: 0, count: count + 1)
    for code in codes { starts[Int(code) + 1] += 1 }
    for index in 0..<count { starts[index + 1] += starts[index] }
    var next = starts
    rows = [Int32](unsafeUninitializedCapacity: codes.count) { buffer, filled in
      var row: Int32 = 0
      for code in codes {
        buffer[next[Int(code)]] = row
        next[Int(code)] += 1
        row &+= 1
      }
      filled = codes.count
    }
    self.starts = starts
  }

  func withPlaces<Result>(of code: Int, _ body: (UnsafeBufferPointer<Int32>) -> Result) -> Result {
    rows.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[starts[code]..<starts[code + 1]])) }
  }
}

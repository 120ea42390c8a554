import Tables

/// The rows of one chunk of the file, with names numbered in the chunk.
struct EventRows: RowConsumer, Sendable {
  /// Places of the columns among those that are scanned; nil: not in the log.
  struct Layout: Sendable {
    var names: [String] = []
    var unit: Int?
    var variant: Int?
    var lifecycle: Int?
    var node: Int?
    var cohort: Int?
    let timeColumn: String
    let caseColumn: String
    let eventColumn: String
  }
  let layout: Layout
  private var clock: EventTimeReader
  var cases = Interner(expected: 4096)
  var events = Interner()
  var nodes = Interner()
  var units = Interner(expected: 4096)
  var variants = Interner()
  var cohorts = Interner()
  /// By row. An event is even, a node odd.
  var caseOf: [Int32] = []
  var nameOf: [Int32] = []
  var times: [Int64] = []
  var steps: [EventLog.Step] = []
  /// By case of the chunk: the first that is given; -1 if none.
  var unitOf: [Int32] = []
  var variantOf: [Int32] = []
  var cohortOf: [Int32] = []
  var otherLifecycle = 0
  var mixedVariants = 0
  private let base: UInt

  /// - Parameter base: the address of the file's first byte, for the places of faults.
  init(_ layout: Layout, _ clock: EventTimeReader, base: UInt) {
    (self.layout, self.clock, self.base) = (layout, clock, base)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    guard fields[0].count > 0 else { throw fault(.emptyCell(column: layout.caseColumn), fields[0]) }
    guard let time = clock.milliseconds(fields[2].trimmed) else {
      let found = String(fields[2].string.prefix(40))
      throw fault(
        found.isEmpty ? .emptyCell(column: layout.timeColumn) : .notATime(column: layout.timeColumn, found: found),
        fields[2])
    }
    var step = EventLog.Step.complete
    if let column = layout.lifecycle {
      switch Lifecycle(fields[column].bytes) {
      case .complete: break
      case .start: step = .start
      case .other:
        otherLifecycle += 1
        return
      }
    }
    let name: Int
    if let column = layout.node, fields[column].count > 0 {
      name = nodes.code(of: fields[column]) &* 2 &+ 1
    } else {
      guard fields[1].count > 0 else { throw fault(.emptyCell(column: layout.eventColumn), fields[1]) }
      name = events.code(of: fields[1]) &* 2
    }
    let number = cases.code(of: fields[0])
    if number == variantOf.count {
      unitOf.append(-1)
      variantOf.append(-1)
      cohortOf.append(-1)
    }
    take(fields, number)
    caseOf.append(Int32(truncatingIfNeeded: number))
    nameOf.append(Int32(truncatingIfNeeded: name))
    times.append(time)
    if layout.lifecycle != nil { steps.append(step) }
  }

  private func fault(_ kind: TableFault.Kind, _ field: Field) -> RowFault {
    RowFault(kind, offset: Int(UInt(bitPattern: field.start) - base))
  }

  @inline(__always)
  private mutating func take(_ fields: UnsafeBufferPointer<Field>, _ number: Int) {
    if let column = layout.unit, unitOf[number] < 0, fields[column].count > 0 {
      unitOf[number] = Int32(truncatingIfNeeded: units.code(of: fields[column]))
    }
    if let column = layout.variant, fields[column].count > 0 {
      let code = Int32(truncatingIfNeeded: variants.code(of: fields[column]))
      if variantOf[number] < 0 { variantOf[number] = code } else if variantOf[number] != code { mixedVariants += 1 }
    }
    if let column = layout.cohort, cohortOf[number] < 0, fields[column].count > 0 {
      cohortOf[number] = Int32(truncatingIfNeeded: cohorts.code(of: fields[column]))
    }
  }

  private enum Lifecycle {
    case start, complete, other
    @inline(__always)
    init(_ text: UnsafeBufferPointer<UInt8>) {
      if text.isEmpty || Self.equal(text, "complete") {
        self = .complete
      } else {
        self = Self.equal(text, "start") ? .start : .other
      }
    }
    @inline(__always)
    private static func equal(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
      guard text.count == word.utf8CodeUnitCount else { return false }
      for i in 0..<text.count where text[i] | 0x20 != word.utf8Start[i] { return false }
      return true
    }
  }
}

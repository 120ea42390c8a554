import Allocation
import Basics
import Tables

/// Columns of a table beside its unit ids, whole and in the order of the rows, for work that needs all units at once.
public struct UnitColumns: Sendable {
  public private(set) var ids: [String] = []
  /// By column in the order asked for, then by row.
  public private(set) var texts: [[String]]
  public private(set) var numbers: [[Double]]
  private let column: String
  /// Where each chunk's rows end, its file, and the rows' offsets in it.
  private var chunks: [(end: Int, file: TableFile, offsets: [Int])] = []

  /// - Parameters:
  ///   - id: the column of ids, none empty.
  ///   - texts: columns that are taken as they stand.
  ///   - numbers: columns of numbers, none missing.
  /// - Throws: `TableFault` with the place of the first cell that cannot be used.
  public init(
    _ source: TableSource, id column: String, texts: [String] = [], numbers: [String] = []
  ) throws(TableFault) {
    self.column = column
    var names: [String] = []
    for name in [column] + texts + numbers where !names.contains(name) { names.append(name) }
    let slots = ([column] + texts + numbers).map { name in names.firstIndex(of: name) ?? 0 }
    let result = try source.scan(names) { chunk in
      ColumnsConsumer(
        column: column, slots: slots, texts: texts.count, numbers: numbers,
        base: chunk.origin)
    }
    self.texts = texts.map { _ in [] }
    self.numbers = numbers.map { _ in [] }
    for (consumer, part) in zip(result.consumers, result.partOfConsumer) {
      ids += consumer.ids
      for index in texts.indices { self.texts[index] += consumer.texts[index] }
      for index in numbers.indices { self.numbers[index] += consumer.numbers[index] }
      chunks.append((ids.count, source.parts[part].file, consumer.offsets))
    }
  }

  /// What another module says of a row, with the row's place.
  public func fault(_ fault: AllocationFault, row: Int) -> TableFault {
    var start = 0
    for chunk in chunks {
      if row < chunk.end {
        return TableFault(
          .refused(column: column, reason: fault.sentence), at: chunk.file.position(of: chunk.offsets[row - start]))
      }
      start = chunk.end
    }
    return TableFault(.refused(column: column, reason: fault.sentence), at: nil)
  }
}

extension UnitRecords {
  /// Arms by unit from a table with the columns `id`, `variant` and, where there is one, `version`.
  ///
  /// - Parameters:
  ///   - areOverrides: every arm must exist; else the table says what units had before, and arms that are gone lapse.
  ///   - minimum: records of a lower version lapse.
  /// - Throws: `TableFault` with the place of a repeated id, an unknown arm or a version that is no whole number.
  public init(
    _ source: TableSource, id: String, variant: String = "variant", areOverrides: Bool, minimum: Int = 0,
    plan: AllocationPlan
  ) throws(TableFault) {
    self.init()
    let hasVersion = source.columns.contains("version")
    let columns = try UnitColumns(source, id: id, texts: [variant], numbers: hasVersion ? ["version"] : [])
    for row in columns.ids.indices {
      let (id, arm) = (columns.ids[row], columns.texts[0][row])
      do throws(AllocationFault) {
        if areOverrides {
          try add(id, arm: arm, of: plan)
        } else {
          let version = hasVersion ? Int(exactly: columns.numbers[0][row].rounded(.down)) ?? 0 : 0
          try restore(id, arm: arm, version: version, minimum: minimum, of: plan)
        }
      } catch {
        throw columns.fault(error, row: row)
      }
    }
  }
}

private struct ColumnsConsumer: RowConsumer, Sendable {
  private let column: String
  /// Of the id, the texts, the numbers.
  private let slots: [Int]
  private let names: [String]
  private let base: UInt
  private(set) var ids: [String] = []
  private(set) var texts: [[String]]
  private(set) var numbers: [[Double]]
  private(set) var offsets: [Int] = []

  init(column: String, slots: [Int], texts: Int, numbers: [String], base: UInt) {
    self.column = column
    self.slots = slots
    self.base = base
    names = numbers
    self.texts = [[String]](repeating: [], count: texts)
    self.numbers = [[Double]](repeating: [], count: numbers.count)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let id = fields[slots[0]]
    guard id.count > 0 else { throw RowFault(.emptyCell(column: column), offset: place(id)) }
    var row: [Double] = []
    for (index, name) in names.enumerated() {
      let field = fields[slots[1 + texts.count + index]]
      switch field.number {
      case .value(let value): row.append(value)
      case .notANumber: throw RowFault(.notANumber(column: name, found: field.string), offset: place(field))
      case .tooLarge: throw RowFault(.numberTooLarge(column: name, found: field.string), offset: place(field))
      }
    }
    for index in texts.indices { texts[index].append(fields[slots[1 + index]].string) }
    for index in row.indices { numbers[index].append(row[index]) }
    ids.append(id.string)
    offsets.append(place(id))
  }

  private func place(_ field: Field) -> Int { Int(UInt(bitPattern: field.start) - base) }
}

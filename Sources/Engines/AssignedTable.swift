import Allocation
import Foundation
import Tables

/// `user_id,variant`: each row's id with its arm, in the order of the rows.
public struct AssignedTable: Sendable {
  public let csv: [UInt8]
  /// Units by arm, in the plan's order.
  public let counts: [Int]
  /// Units outside the coverage.
  public let outside: Int

  /// - Throws: `TableFault` for the files; an empty id is an empty cell.
  public init(_ source: TableSource, column: String, plan: AllocationPlan) throws {
    let result = try source.scan([column]) { part in
      AssignConsumer(plan: plan, column: column, base: UInt(bitPattern: part.file.text.baseAddress))
    }
    var csv = Array("user_id,variant\n".utf8)
    csv.reserveCapacity(result.consumers.reduce(csv.count) { $0 + $1.out.count })
    var counts = [Int](repeating: 0, count: plan.arms.count)
    var outside = 0
    for consumer in result.consumers {
      csv.append(contentsOf: consumer.out)
      for arm in counts.indices { counts[arm] += consumer.counts[arm] }
      outside += consumer.outside
    }
    (self.csv, self.counts, self.outside) = (csv, counts, outside)
  }
}

private struct AssignConsumer: RowConsumer, Sendable {
  private let plan: AllocationPlan
  private let column: String
  private let base: UInt
  private let names: [[UInt8]]
  private(set) var out: [UInt8] = []
  private(set) var counts: [Int]
  private(set) var outside = 0

  init(plan: AllocationPlan, column: String, base: UInt) {
    self.plan = plan
    self.column = column
    self.base = base
    names = plan.arms.map { Array(Self.quoted($0.name).utf8) }
    counts = [Int](repeating: 0, count: plan.arms.count)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let field = fields[0]
    let place = Int(UInt(bitPattern: field.start) - base)
    let assignment: Assignment
    do throws(AllocationFault) {
      assignment =
        try field.hasDoubledQuotes
        ? plan.assign(field.string) : plan.assign(UnsafeRawBufferPointer(field.bytes))
    } catch {
      throw RowFault(.emptyCell(column: column), offset: place)
    }
    appendID(field)
    out.append(UInt8(ascii: ","))
    if let arm = assignment.arm {
      out.append(contentsOf: names[arm])
      counts[arm] += 1
    } else {
      outside += 1
    }
    out.append(0x0A)
  }

  private mutating func appendID(_ field: Field) {
    let special: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
    if field.bytes.contains(where: { special.contains($0) }) {
      out.append(contentsOf: Self.quoted(field.string).utf8)
    } else {
      out.append(contentsOf: field.bytes)
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

import Allocation
import Basics
import Foundation
import Tables

/// `user_id,variant`: each row's id with its arm, in the order of the rows, written while the table is read.
///
/// Memory does not grow with the table, and no text is built for an id.
public struct AssignmentStream: Sendable {
  public struct Totals: Sendable, Hashable {
    /// Units by arm, in the plan's order.
    public var counts: [Int]
    /// Units outside the coverage.
    public var outside = 0
  }

  private let plan: AllocationPlan
  private let column: String
  private let hasProvenance: Bool

  /// - Parameter provenance: adds the columns `scheme,salt,bucket,enrolment_bucket`.
  public init(_ plan: AllocationPlan, column: String, provenance: Bool = false) {
    self.plan = plan
    self.column = column
    hasProvenance = provenance
  }

  /// Writes the table.
  ///
  /// - Throws: `TableFault` for the files; an empty id is an empty cell where the scheme refuses it. `WriteFault`.
  public func write(_ source: TableSource, to sink: FileSink) throws -> Totals {
    let header = "user_id,variant" + (hasProvenance ? ",scheme,salt,bucket,enrolment_bucket" : "") + "\n"
    let sums = TotalsBox(Totals(counts: [Int](repeating: 0, count: plan.arms.count)))
    _ = try source.stream([column]) { part in
      AssignConsumer(
        plan: plan, column: column, hasProvenance: hasProvenance, delimiter: part.delimiter,
        base: UInt(bitPattern: part.file.text.baseAddress))
    } take: { consumer in
      // A table whose first rows are bad writes nothing.
      if !sums.hasHeader { try sink.write(header) }
      sums.hasHeader = true
      try sink.write(consumer.rows.bytes)
      for arm in consumer.counts.indices { sums.value.counts[arm] += consumer.counts[arm] }
      sums.value.outside += consumer.outside
    }
    return sums.value
  }
}

/// Sums that only the one thread that takes chunks touches.
private final class TotalsBox: @unchecked Sendable {
  var value: AssignmentStream.Totals
  var hasHeader = false
  init(_ value: AssignmentStream.Totals) { self.value = value }
}

private struct AssignConsumer: RowConsumer, Sendable {
  private let plan: AllocationPlan
  private let column: String
  private let base: UInt
  /// Fields cannot hold a comma unless they are quoted.
  private let isCommaSeparated: Bool
  /// What follows the id, by arm; the last for those outside.
  private let tails: [[UInt8]]
  private let hasProvenance: Bool
  let rows = RowBuffer()
  private(set) var counts: [Int]
  private(set) var outside = 0

  init(plan: AllocationPlan, column: String, hasProvenance: Bool, delimiter: UInt8, base: UInt) {
    self.plan = plan
    self.column = column
    self.base = base
    self.hasProvenance = hasProvenance
    isCommaSeparated = delimiter == UInt8(ascii: ",")
    let rest = hasProvenance ? ",\(plan.scheme.rawValue),\(Self.quoted(plan.salt))," : "\n"
    tails = (plan.arms.map(\.name) + [""]).map { Array(",\(Self.quoted($0))\(rest)".utf8) }
    counts = [Int](repeating: 0, count: plan.arms.count)
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let field = fields[0]
    let assignment: Assignment
    do throws(AllocationFault) {
      assignment =
        try field.hasDoubledQuotes
        ? plan.assign(field.string) : plan.assign(UnsafeRawBufferPointer(field.bytes))
    } catch {
      throw RowFault(kind(of: error), offset: Int(UInt(bitPattern: field.start) - base))
    }
    append(field)
    rows.append(tails[assignment.arm ?? counts.count])
    if hasProvenance {
      rows.append(Array("\(assignment.bucket),\(assignment.enrolmentBucket.map(String.init) ?? "")\n".utf8))
    }
    if let arm = assignment.arm { counts[arm] &+= 1 } else { outside &+= 1 }
  }

  private func kind(of fault: AllocationFault) -> TableFault.Kind {
    fault.kind == .emptyID ? .emptyCell(column: column) : .refused(column: column, reason: fault.sentence)
  }

  @inline(__always)
  private func append(_ field: Field) {
    let isQuoted = UInt(bitPattern: field.start) > base && field.start[-1] == UInt8(ascii: "\"")
    if isQuoted || !isCommaSeparated {
      rows.append(Array(Self.quoted(field.string).utf8))
    } else {
      rows.append(UnsafeRawBufferPointer(field.bytes))
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// Bytes that grow at their end. Owned by one chunk; read when the chunk is done.
private final class RowBuffer: @unchecked Sendable {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var count = 0

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  @inline(__always)
  func append(_ piece: UnsafeRawBufferPointer) {
    if memory.count &- count < piece.count { grow(for: piece.count) }
    if let from = piece.baseAddress, let to = memory.baseAddress {
      (to + count).copyMemory(from: from, byteCount: piece.count)
    }
    count &+= piece.count
  }

  @inline(__always)
  func append(_ piece: [UInt8]) { piece.withUnsafeBytes { append($0) } }

  private func grow(for wanted: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(2 * memory.count, count + wanted), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }
}

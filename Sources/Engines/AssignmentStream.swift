import Allocation
import Basics
import Foundation
import Tables

/// `user_id,variant`: each row's id with its arm, in the order of the rows, written while the table is read.
///
/// Memory does not grow with the table, and no text is built for an id.
public struct AssignmentStream: Sendable {
  public struct Totals: Sendable, Hashable {
    /// Rows by arm, in the plan's order.
    public var counts: [Int]
    /// Rows outside the coverage, a layer's range or kept in a holdout.
    public var outside = 0
  }

  /// What decides on a row.
  public enum Rule: Sendable {
    /// The policy; with stages it holds the last one's plan, and the first stage that enrols a unit is told.
    case policy(AllocationPolicy, stages: CoverageStages? = nil)
    /// The cluster in the column of ids, and the time in another column.
    case switchback(Switchback, time: String, timeZone: String)

    public var plan: AllocationPlan {
      switch self {
      case .policy(let policy, _): policy.plan
      case .switchback(let switchback, _, _): switchback.plan
      }
    }
  }

  private let rule: Rule
  private let column: String
  private let cluster: String?
  private let hasProvenance: Bool

  /// - Parameters:
  ///   - column: of the ids that are written.
  ///   - cluster: the column whose value decides in the place of the id; all units of a cluster get one arm.
  ///   - provenance: adds the columns `scheme,salt,bucket,enrolment_bucket`, before them `decided_by` if more than the plan
  ///     decides.
  public init(_ rule: Rule, column: String, cluster: String? = nil, provenance: Bool = false) {
    self.rule = rule
    self.column = column
    self.cluster = cluster
    hasProvenance = provenance
  }

  public init(_ plan: AllocationPlan, column: String, provenance: Bool = false) {
    self.init(.policy(AllocationPolicy(plan)), column: column, provenance: provenance)
  }

  /// Writes the table.
  ///
  /// - Throws: `TableFault` for the files; an empty id is an empty cell where the scheme refuses it. `WriteFault`.
  public func write(_ source: TableSource, to sink: FileSink) throws -> Totals {
    let form = AssignmentForm(rule, hasProvenance: hasProvenance)
    var columns = [column]
    if let cluster { columns.append(cluster) }
    var clock = ZoneClock("UTC")
    if case .switchback(_, let time, let zone) = rule {
      columns.append(time)
      clock = try ZoneClock.named(zone)
    }
    let names = columns.reduce(into: [String]()) { known, name in if !known.contains(name) { known.append(name) } }
    let slots = columns.map { name in names.firstIndex(of: name) ?? 0 }
    let sums = TotalsBox(Totals(counts: [Int](repeating: 0, count: rule.plan.arms.count)))
    _ = try source.stream(names) { [clock] chunk in
      AssignConsumer(
        rule: rule, form: form, names: names, slots: slots, clock: clock, delimiter: chunk.part.delimiter,
        base: chunk.origin)
    } take: { consumer in
      // A table whose first rows are bad writes nothing.
      if !sums.hasHeader { try sink.write(form.header) }
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
  private let rule: AssignmentStream.Rule
  private let form: AssignmentForm
  private let names: [String]
  /// Of the id, the cluster or time, the time: places among the fields.
  private let slots: [Int]
  private var base: UInt
  /// Fields cannot hold a comma unless they are quoted.
  private let isCommaSeparated: Bool
  private var clock: ZoneClock?
  /// Set where nothing stands around the plan: the way that is fast.
  private let barePlan: AllocationPlan?
  let rows = RowBuffer()
  private(set) var counts: [Int]
  private(set) var outside = 0

  init(
    rule: AssignmentStream.Rule, form: AssignmentForm, names: [String], slots: [Int], clock: ZoneClock?,
    delimiter: UInt8, base: UInt
  ) {
    (self.rule, self.form, self.names, self.slots, self.clock, self.base) = (rule, form, names, slots, clock, base)
    isCommaSeparated = delimiter == UInt8(ascii: ",")
    counts = [Int](repeating: 0, count: rule.plan.arms.count)
    if case .policy(let policy, stages: nil) = rule, policy.isBare { barePlan = policy.plan } else { barePlan = nil }
  }

  mutating func consume(_ fields: UnsafeBufferPointer<Field>, offset: Int) throws(RowFault) {
    let id = fields[0]
    if let barePlan {
      let key = slots.count > 1 ? fields[slots[1]] : id
      let assignment: Assignment
      do throws(AllocationFault) {
        assignment =
          try key.hasDoubledQuotes
          ? barePlan.assign(key.string) : barePlan.assign(UnsafeRawBufferPointer(key.bytes))
      } catch { throw refused(error, slots.count > 1 ? slots[1] : 0, fields) }
      append(id)
      rows.append(form.arms[assignment.arm ?? counts.count])
      if form.hasProvenance { form.appendProvenance(assignment, to: rows) }
      rows.append(UInt8(ascii: "\n"))
      count(assignment.arm)
    } else {
      let row = try decided(fields)
      append(id)
      rows.append(form.arms[row.arm ?? counts.count])
      form.append(row, to: rows)
      rows.append(UInt8(ascii: "\n"))
      count(row.arm)
    }
  }

  mutating func clear(for chunk: TableChunk) -> Bool {
    base = chunk.origin
    rows.removeAll()
    for arm in counts.indices { counts[arm] = 0 }
    outside = 0
    return true
  }

  @inline(__always)
  private mutating func count(_ arm: Int?) {
    if let arm { counts[arm] &+= 1 } else { outside &+= 1 }
  }

  /// By policy or switchback.
  private mutating func decided(_ fields: UnsafeBufferPointer<Field>) throws(RowFault) -> AssignmentForm.Row {
    switch rule {
    case .policy(let policy, let stages):
      let slot = slots.count > 1 ? slots[1] : 0
      let key = Array(fields[slot].string.utf8)
      var outcome: Result<AssignmentForm.Row, AllocationFault> = .failure(AllocationFault(.emptyID))
      key.withUnsafeBytes { bytes in
        outcome = Result { () throws(AllocationFault) in
          let decision = try policy.decide(bytes)
          let stage = decision.reason == .plan && decision.arm != nil ? try stages?.stage(of: bytes) : nil
          return .init(arm: decision.arm, assignment: decision.assignment, reason: decision.reason, stage: stage)
        }
      }
      do { return try outcome.get() } catch { throw refused(error, slot, fields) }
    case .switchback(let switchback, _, _):
      let (cluster, slot) = (slots.count > 2 ? slots[1] : 0, slots[slots.count - 1])
      guard let stamp = FieldParsing.timestamp(fields[slot].trimmed), let time = clock?.seconds(of: stamp) else {
        throw RowFault(.notATime(column: names[slot], found: fields[slot].string), offset: place(fields[slot]))
      }
      do throws(AllocationFault) {
        let assignment = try switchback.assign(cluster: fields[cluster].string, at: time)
        return .init(
          arm: assignment.arm, assignment: assignment, window: switchback.index(at: time),
          isBurnIn: switchback.isBurnIn(at: time))
      } catch { throw refused(error, error.kind == .beyondCalendar ? slot : cluster, fields) }
    }
  }

  private func refused(_ fault: AllocationFault, _ slot: Int, _ fields: UnsafeBufferPointer<Field>) -> RowFault {
    RowFault(
      fault.kind == .emptyID ? .emptyCell(column: names[slot]) : .refused(column: names[slot], reason: fault.sentence),
      offset: place(fields[slot]))
  }

  private func place(_ field: Field) -> Int { Int(UInt(bitPattern: field.start) - base) }

  @inline(__always)
  private func append(_ field: Field) {
    let isQuoted = UInt(bitPattern: field.start) > base && field.start[-1] == UInt8(ascii: "\"")
    if isQuoted || !isCommaSeparated {
      rows.append(Array(AssignmentForm.quoted(field.string).utf8))
    } else {
      rows.append(UnsafeRawBufferPointer(field.bytes))
    }
  }
}

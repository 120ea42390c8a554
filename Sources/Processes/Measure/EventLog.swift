import Basics
import Statistics
import Tables

/// An event log in memory: the events of each case together, in the order of time.
package struct EventLog: Sendable {
  /// What a row names: an event, or a node's id.
  package struct Name: Sendable, Hashable {
    package let text: String
    package let isNode: Bool

    package init(text: String, isNode: Bool) { (self.text, self.isNode) = (text, isNode) }
  }
  package enum Step: UInt8, Sendable { case complete, start }

  package var names: [Name] = []
  /// Where each case's rows begin; one more than there are cases.
  package var starts: [Int] = [0]
  /// By row: index into `names`.
  package var events: [Int32] = []
  /// By row: milliseconds since 1970.
  package var times: [Int64] = []
  /// By row; empty if every row completes its event.
  package var steps: [Step] = []
  /// By case: index into `variants`, `cohorts`; -1 if none.
  package var variant: [Int32] = []
  package var variants: [String] = []
  package var cohort: [Int32] = []
  package var cohorts: [String] = []
  /// By case: the unit; nil if every case is a unit.
  package var unit: [Int32]?
  package var units = 0
  package var caseNames = Interner()
  package var unitNames = Interner()
  package var quality = LogQuality()
  package var files: [InputFile] = []

  package var cases: Int { starts.count - 1 }

  package init() {}

  /// Puts the rows of each case in the order of time; rows of one time keep the order of the file.
  package mutating func settle(threads: Int) {
    let count = cases
    let parts = stride(from: 0, to: count, by: 65_536).map { $0..<min($0 + 65_536, count) }
    let disorder = Slots<Int>(parts.count, 0)
    let hasSteps = !steps.isEmpty
    events.withUnsafeMutableBufferPointer { events in
      times.withUnsafeMutableBufferPointer { times in
        steps.withUnsafeMutableBufferPointer { steps in
          let rows = Rows(
            events: events.baseAddress, times: times.baseAddress, steps: hasSteps ? steps.baseAddress : nil)
          let starts = self.starts
          Parallel.run(parts.count, threads: threads) { part in
            disorder[part] = parts[part].reduce(0) { $0 + rows.sort(starts[$1]..<starts[$1 + 1]) }
          }
        }
      }
    }
    quality.outOfOrder = parts.indices.reduce(0) { $0 + disorder[$1] }
  }

  /// The rows of a log, changed in place; different cases by different threads.
  private struct Rows: @unchecked Sendable {
    let events: UnsafeMutablePointer<Int32>?
    let times: UnsafeMutablePointer<Int64>?
    let steps: UnsafeMutablePointer<Step>?

    /// Stable; returns how many rows stood behind a later one.
    func sort(_ range: Range<Int>) -> Int {
      guard let events, let times else { return 0 }
      var disorder = 0
      var row = range.lowerBound &+ 1
      while row < range.upperBound {
        if times[row] < times[row &- 1] { disorder &+= 1 }
        row &+= 1
      }
      guard disorder > 0 else { return 0 }
      let order = range.sorted { (times[$0], $0) < (times[$1], $1) }
      let copy = order.map { (events[$0], times[$0], steps?[$0]) }
      for (row, values) in zip(range, copy) {
        (events[row], times[row]) = (values.0, values.1)
        if let step = values.2 { steps?[row] = step }
      }
      return disorder
    }
  }
}

/// What was odd about the rows.
public struct LogQuality: Sendable, Hashable {
  public var rows = 0
  /// Rows that could not be read, within what was allowed.
  public var badRows = 0
  /// Rows earlier than the row before in their case; they were put in order.
  public var outOfOrder = 0
  /// Rows of another lifecycle than start and complete; they were passed over.
  public var otherLifecycle = 0
  /// Rows whose variant is not the case's first.
  public var mixedVariants = 0
}

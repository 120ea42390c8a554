import Basics
import Experiments
import Foundation
import Statistics
import Tables

/// Joins exposures with events by unit: each unit counts from its first exposure, in its first arm's cell.
///
/// Memory grows with units, not with events; events of others than exposed units are counted and left. Two passes, one
/// over each input; sums are taken in the order of the files, so results do not depend on threads or cuts.
extension CSVEngine {
  func join(
    _ request: MeasurementRequest, _ exposures: ExposureSource, _ events: TableSource, _ source: TableSource
  ) throws -> Measurements {
    let plan = try EventPlan(request, exposures, exposureColumns: source.columns)
    let clock = try ZoneClock.named(exposures.timeZone)
    let eventColumns = UnitEvents.columns(plan)
    try events.requireColumns(eventColumns)

    let identities = [FileIdentities(events), FileIdentities(source)]
    try requireMemory(plan, source)
    let units = ExposedUnits(plan, expected: source.estimatedRows)
    let scanned = ScannedExposures()
    let exposureColumns = ExposureConsumer.columns(plan)
    var count = try source.scan(exposureColumns, allowedBadRows: request.allowedBadRows) { chunk in
      ExposureConsumer(plan, reader: CellReader(exposureColumns, chunk, options), clock: clock)
    } meanwhile: {
      units.take(scanned)
    } deliver: { batch in
      identities[1].take(batch)
      scanned.chunks += batch.consumers
    }
    let totals = UnitTotals(plan, units)
    let eventCount = try events.scan(eventColumns, allowedBadRows: request.allowedBadRows) { chunk in
      UnitEvents(plan, units, reader: CellReader(eventColumns, chunk, options), clock: clock)
    } deliver: { batch in
      identities[0].take(batch)
      totals.take(batch.consumers, on: events)
    }
    count.rows += eventCount.rows
    count.badRows += eventCount.badRows

    let table = try UnitTable(plan, units, totals)
    let assembly = CellAssembly(plan.shape)
    assembly.take(table.rows, arms: units.arms, segments: units.segments, on: events)
    var measurements = assembly.measurements(
      files: identities[0].files.described(by: events, as: .events)
        + identities[1].files.described(by: source, as: .exposures), count: count, limits: table.limits)
    measurements.exposure = table.summary
    measurements.observed = Measurements.Observed(from: units.earliest, until: totals.latest)
    return measurements
  }
}

extension CSVEngine {
  /// What is kept of a unit: its id and place, what stands beside it, its sums, and its row when all is read.
  private func requireMemory(_ plan: EventPlan, _ exposures: TableSource) throws(MemoryFault) {
    let units = exposures.estimatedRows
    let bytes = exposures.parts.reduce(0) { $0 + $1.file.text.count }
    let perUnit =
      128 + 8 * plan.attributes.count + 16 * plan.values.count + 8 * plan.columns.count
      + 8 * plan.request.segmentColumns.count + (plan.request.clusterColumn == nil ? 0 : 24)
    try MemoryNeed.require(Double(units) * Double(perUnit) + Double(bytes) / 2, for: "\(units) exposures", options)
  }
}

/// The numbers of the units that are compared.
private struct UnitTable {
  let rows: CodedRows
  /// What each metric's outcome columns are cut to.
  private(set) var limits: [[Limits]] = []
  let summary: ExposureSummary

  init(_ plan: EventPlan, _ units: ExposedUnits, _ totals: UnitTotals) throws {
    let isSeveral = units.isSeveral
    let kept = isSeveral.contains(true) ? isSeveral.indices.filter { !isSeveral[$0] } : Array(isSeveral.indices)
    guard !kept.isEmpty else { throw ExposureFault(.noUnits) }
    let (times, latest) = (units.times, totals.latest)
    let observed = kept.map { latest - times[$0] }
    let immature = observed.count { plan.longestWindow > $0 }
    summary = ExposureSummary(
      unitsInSeveralArms: units.count - kept.count, immatureUnits: immature, events: totals.count.events,
      eventsAsked: totals.count.asked, eventsOfUnits: totals.count.ofUnits)
    var values = Self.values(plan, units, totals, kept, observed)
    for metric in plan.request.metrics.indices {
      let places = plan.places[metric].filter { plan.columns[$0].isOutcome }
      limits.append(try places.map { try Self.cut(&values[$0], plan.request.metrics[metric]) })
    }
    rows = Self.parted(values, plan, units, kept)
  }

  /// The units by arm, numbered as in `units`.
  private static func parted(
    _ values: [[Double]], _ plan: EventPlan, _ units: ExposedUnits, _ kept: [Int]
  ) -> CodedRows {
    let isClustered = plan.request.clusterColumn != nil
    func column<Element>(_ from: [Element], _ to: UnsafeMutablePointer<Element>) {
      for (row, unit) in kept.enumerated() { to[row] = from[unit] }
    }
    let numbers = GrowingColumns<Double>(width: values.count)
    numbers.reserve(kept.count, behind: 0)
    for (index, values) in values.enumerated() { numbers[index].update(from: values, count: kept.count) }
    let words = GrowingColumns<Int32>(width: units.segmentCodes.count + (isClustered ? 1 : 0))
    words.reserve(kept.count, behind: 0)
    for (index, codes) in units.segmentCodes.enumerated() { column(codes, words[index]) }
    if isClustered { column(units.clusterCodes, words[words.width - 1]) }
    let arms = GrowingColumns<Int32>(width: 1)
    arms.reserve(kept.count, behind: 0)
    column(units.armCodes, arms[0])
    var rows = PartedRows(width: numbers.width, codes: words.width, keepsOrder: isClustered)
    rows.append(kept.count, arms[0], of: units.arms.count, numbers, words)
    func all(_ interner: Interner) -> [Int32] { (0..<interner.count).map { Int32(truncatingIfNeeded: $0) } }
    return CodedRows(
      rows: rows, arms: all(units.arms), clusters: all(units.clusters), segments: units.segments.map(all))
  }

  /// Column after column; NaN where a unit has no value, or was not observed for long enough.
  private static func values(
    _ plan: EventPlan, _ units: ExposedUnits, _ totals: UnitTotals, _ kept: [Int], _ observed: [Int64]
  ) -> [[Double]] {
    plan.columns.map { column in
      let missing = column.isOutcome && plan.request.metrics[column.metric].options.missing == .zero ? 0 : Double.nan
      let needed = plan.exposures.includesImmature ? Int64.min : column.matureAfter
      func each(_ number: (_ unit: Int) -> Double) -> [Double] {
        kept.indices.map { needed > observed[$0] ? .nan : number(kept[$0]) }
      }
      switch column.source {
      case .events(let value):
        return each { unit in
          let number = totals.number(unit, value)
          return number.isNaN ? missing : number
        }
      case .reaches(let value, let threshold): return each { totals.number($0, value) >= threshold ? 1 : 0 }
      case .attribute(let place):
        let (attributes, width) = (units.attributes, units.width)
        return each { attributes[$0 * width + place] }
      }
    }
  }

  /// Pulls in the values of a column and returns the thresholds; percentiles are of all arms pooled, type 7.
  private static func cut(_ values: inout [Double], _ metric: Metric) throws -> Limits {
    let limits = try metric.limits { [values] in values.filter { !$0.isNaN } }
    if limits != Limits() { for row in values.indices { values[row] = limits.clamped(values[row]) } }
    return limits
  }
}

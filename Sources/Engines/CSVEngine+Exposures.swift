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
  func join(_ request: MeasurementRequest, _ exposures: ExposureSource, _ events: TableSource) throws -> Measurements {
    let source = try TableSource(exposures.files, options: options)
    let plan = try EventPlan(request, exposures, exposureColumns: source.columns)
    let clock = try EventTime.clock(exposures.timeZone)
    let eventColumns = UnitEvents.columns(plan)
    try events.requireColumns(eventColumns)

    let identities = [FileIdentities(events), FileIdentities(source)]
    let units = ExposedUnits(plan, expected: source.estimatedRows)
    let exposureColumns = ExposureConsumer.columns(plan)
    var count = try source.scan(exposureColumns, allowedBadRows: request.allowedBadRows) { part in
      ExposureConsumer(plan, reader: CellReader(exposureColumns, part, options), clock: clock)
    } beside: {
      identities[1].take($0, of: $1)
    } deliver: { chunks, _ in
      for chunk in chunks { units.take(chunk) }
    }
    units.close()
    let totals = UnitTotals(plan, units)
    let eventCount = try events.scan(eventColumns, allowedBadRows: request.allowedBadRows) { part in
      UnitEvents(plan, units, reader: CellReader(eventColumns, part, options), clock: clock)
    } beside: {
      identities[0].take($0, of: $1)
    } deliver: { chunks, _ in
      totals.take(chunks, on: events)
    }
    count.rows += eventCount.rows
    count.badRows += eventCount.badRows

    let table = try UnitTable(plan, units, totals)
    let assembly = CellAssembly(plan.shape)
    assembly.take(table.rows, arms: units.arms, segments: units.segments, on: events)
    var measurements = assembly.measurements(
      files: identities[0].files + identities[1].files, count: count, caps: table.caps)
    measurements.exposure = table.summary
    return measurements
  }
}

/// The numbers of the units that are compared.
private struct UnitTable {
  private(set) var rows: CodedRows
  /// For each metric the thresholds of its outcome columns.
  private(set) var caps: [[Double]?] = []
  let summary: ExposureSummary

  init(_ plan: EventPlan, _ units: ExposedUnits, _ totals: UnitTotals) throws {
    let kept = (0..<units.count).filter { !units.isSeveral[$0] }
    guard !kept.isEmpty else { throw ExposureFault(.noUnits) }
    let observed = kept.map { totals.latest - units.times[$0] }
    let immature = observed.count { plan.longestWindow > $0 }
    let values = plan.columns.map { column in
      zip(kept, observed).map { unit, observed in
        if column.matureAfter > observed, !plan.exposures.includesImmature { return Double.nan }
        switch column.source {
        case .events(let value): return totals.number(unit, value)
        case .reaches(let value, let threshold): return totals.number(unit, value) >= threshold ? 1 : 0
        case .attribute(let place): return units.attributes[unit * units.width + place]
        }
      }
    }
    func all(_ interner: Interner) -> [Int32] { (0..<interner.count).map { Int32(truncatingIfNeeded: $0) } }
    rows = CodedRows(
      values: values, armCodes: kept.map { units.armCodes[$0] },
      clusterCodes: units.clusterCodes.isEmpty ? [] : kept.map { units.clusterCodes[$0] },
      segmentCodes: units.segmentCodes.map { codes in kept.map { codes[$0] } }, arms: all(units.arms),
      clusters: all(units.clusters), segments: units.segments.map(all))
    summary = ExposureSummary(
      unitsInSeveralArms: units.count - kept.count, immatureUnits: immature, events: totals.count.events,
      eventsAsked: totals.count.asked, eventsOfUnits: totals.count.ofUnits, observedFrom: units.earliest,
      observedUntil: totals.latest)
    caps = plan.request.metrics.indices.map { metric in
      plan.request.metrics[metric].options.cap.map { cap(of: metric, plan, $0) }
    }
  }

  /// Pulls in the outcomes of a metric and returns the thresholds; percentiles are of all arms pooled, type 7.
  private mutating func cap(of metric: Int, _ plan: EventPlan, _ cap: Metric.Cap) -> [Double] {
    plan.places[metric].filter { plan.columns[$0].isOutcome }.map { place in
      let threshold: Double
      switch cap {
      case .absolute(let value): threshold = value
      case .percentile(let percentile):
        threshold = SampleQuantile.type7(rows.values[place].filter { !$0.isNaN }.sorted(), percentile / 100)
      }
      for row in rows.values[place].indices where rows.values[place][row] > threshold {
        rows.values[place][row] = threshold
      }
      return threshold
    }
  }
}

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
    _ request: MeasurementRequest, _ exposures: ExposureSource, _ events: TableSource, _ joined: JoinedTables
  ) throws -> Measurements {
    let source = joined.exposures
    let attributes = try joined.attributes.map { table throws in try UnitAttributes(request, exposures, table) }
    let plan = try EventPlan(
      request, exposures, exposureColumns: source.columns, unitColumns: attributes?.source.columns ?? [])
    let clock = try ZoneClock.named(exposures.timeZone)
    let eventColumns = UnitEvents.columns(plan)
    try events.requireColumns(eventColumns)

    let identities = [FileIdentities(events), FileIdentities(source)]
    try requireMemory(plan, source, attributes?.source.estimatedRows ?? 0)
    let units = ExposedUnits(plan, expected: source.estimatedRows)
    let exposureColumns = ExposureConsumer.columns(plan)
    var count = try source.scan(exposureColumns, allowedBadRows: request.allowedBadRows) { chunk in
      ExposureConsumer(plan, reader: CellReader(exposureColumns, chunk, options), clock: clock)
    } deliver: { batch in
      identities[1].take(batch)
      return SharedWork(count: 1) { _ in for chunk in batch.consumers { units.take(chunk) } }
    }
    var files: [InputFile] = []
    if let attributes {
      let more = try attributes.describe(units, by: plan)
      count.rows += more.rows
      count.badRows += more.badRows
      files = FileIdentities(attributes.source).files.described(by: attributes.source, as: .attributes)
    }
    let bound = MemoryBound(options)
    let segments = units.segments.map { Double(min($0.count * units.arms.count, units.count)) }
    if let fault = plan.shape.tooManySegments(bound, found: segments, foreseen: segments) { throw fault }
    let totals = UnitTotals(plan, units)
    let eventRows = events.estimatedRows
    let eventCount = try events.scan(eventColumns, allowedBadRows: request.allowedBadRows) { chunk in
      UnitEvents(plan, units, reader: CellReader(eventColumns, chunk, options), clock: clock)
    } deliver: { batch throws(TableFault) in
      identities[0].take(batch)
      totals.take(batch.consumers, on: events)
      try totals.requireMemory(bound, estimatedRows: eventRows)
      return nil
    }
    try identities[0].requireDifferentFiles()
    count.rows += eventCount.rows
    count.badRows += eventCount.badRows

    let table = try UnitTable(plan, units, totals, on: events)
    let assembly = CellAssembly(plan.shape, bound, estimatedRows: units.count)
    assembly.take(table.rows, of: units, on: events)
    var measurements = assembly.measurements(
      files: identities[0].files.described(by: events, as: .events)
        + identities[1].files.described(by: source, as: .exposures) + files, count: count, limits: table.limits)
    measurements.exposure = table.summary
    let from = EventClock.seconds(units.earliest)
    measurements.observed = Measurements.Observed(from: from, until: max(from, EventClock.seconds(totals.end.latest)))
    table.immature.tell(&measurements)
    return measurements
  }
}

/// The tables that stand beside events.
package struct JoinedTables: Sendable {
  package let exposures: TableSource
  /// One row a unit.
  package let attributes: TableSource?

  /// - Throws: `TableFault`, `DuckDBFault`.
  package init(_ wanted: ExposureSource, options: TableOptions) throws {
    exposures = try DuckDBEngine(options: options).source(wanted.files)
    // Fields are looked at when all of the table is read.
    var options = options
    options.copiesText = false
    attributes = wanted.attributeFiles.isEmpty ? nil : try DuckDBEngine(options: options).source(wanted.attributeFiles)
  }

  package var files: [TableFile] { exposures.files + (attributes?.files ?? []) }
}

extension CSVEngine {
  /// What is kept of a unit: its id and place, what stands beside it, its sums, and its row when all is read.
  private func requireMemory(
    _ plan: EventPlan, _ exposures: TableSource, _ attributeRows: Int
  ) throws(MemoryFault) {
    let units = exposures.estimatedRows
    let bytes = exposures.parts.reduce(0) { $0 + $1.file.text.count }
    let perUnit =
      128 + 8 * plan.attributes.count + 16 * plan.values.count + 8 * plan.columns.count
      + 8 * plan.request.segmentColumns.count + (plan.request.clusterColumn == nil ? 0 : 24)
    let perRow = 160 + 16 * plan.attributes.count + 24 * plan.request.segmentColumns.count
    let need = Double(units) * Double(perUnit) + Double(bytes) / 2 + Double(attributeRows) * Double(perRow)
    try MemoryNeed.require(need, for: "\(units) exposures", options)
  }
}

/// The numbers of the units that are compared.
private struct UnitTable {
  let rows: CodedRows
  /// What each metric's outcome columns are cut to.
  private(set) var limits: [[Limits]] = []
  let summary: ExposureSummary
  let immature: ImmatureUnits

  /// - Parameter source: whose threads do it.
  init(_ plan: EventPlan, _ units: ExposedUnits, _ totals: UnitTotals, on source: TableSource) throws {
    let isSeveral = units.isSeveral
    let kept = isSeveral.contains(true) ? isSeveral.indices.filter { !isSeveral[$0] } : Array(isSeveral.indices)
    guard !kept.isEmpty else {
      throw ExposureFault(units.count == 0 ? .exposedLater(asOf: plan.exposures.asOf ?? "") : .noUnits)
    }
    try totals.requireEvents()
    let (times, end) = (units.times, totals.end)
    // Nothing was observed without an event. What is stated as the end was observed to its last microsecond.
    let until = end.latest == .min ? nil : plan.asOf == .max ? end.latest : plan.asOf + 1
    let observed = source.all(kept.count) { row in until.map { $0 - times[kept[row]] } ?? -1 }
    var summary = ExposureSummary(
      unitsInSeveralArms: units.count - kept.count, immatureUnits: observed.count { plan.isImmature($0) },
      events: totals.count.events, eventsAsked: totals.count.asked, eventsOfUnits: totals.count.ofUnits,
      unitsExposedLater: observed.count { $0 < 0 },
      longestObserved: Double(max(0, observed.max() ?? 0)) / Double(EventClock.perSecond))
    summary.strays = end.strays
    summary.quietSeconds = totals.quiet.map { Double($0) / Double(EventClock.perSecond) }
    self.summary = summary
    immature = ImmatureUnits(plan, units, kept, observed)
    var values = try Self.values(plan, units, totals, kept, observed, on: source)
    for metric in plan.request.metrics.indices {
      let places = plan.places[metric].filter { plan.columns[$0].isOutcome }
      limits.append(try places.map { try Self.cut(&values[$0], plan.request.metrics[metric]) })
    }
    rows = Self.parted(values, plan, units, kept, source.options.kernel)
  }

  /// The units by arm, numbered as in `units`.
  private static func parted(
    _ values: [[Double]], _ plan: EventPlan, _ units: ExposedUnits, _ kept: [Int], _ kernel: ScanKernel
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
    var rows = PartedRows(width: numbers.width, codes: words.width, keepsOrder: isClustered, kernel)
    rows.append(kept.count, arms[0], of: units.arms.count, numbers, words)
    func all(_ interner: Interner) -> [Int32] { (0..<interner.count).map { Int32(truncatingIfNeeded: $0) } }
    return CodedRows(
      rows: rows, arms: all(units.arms), clusters: GrowingColumns(all(units.clusters)),
      segments: units.segments.map(all))
  }

  /// Column after column; NaN where a unit has no value, or was not observed for long enough.
  private static func values(
    _ plan: EventPlan, _ units: ExposedUnits, _ totals: UnitTotals, _ kept: [Int], _ observed: [Int64],
    on source: TableSource
  ) throws(ExposureFault) -> [[Double]] {
    try plan.columns.map { column throws(ExposureFault) in
      let metric = plan.request.metrics[column.metric]
      let missing = column.isOutcome && metric.options.missing == .zero ? 0 : Double.nan
      let needed = plan.exposures.includesImmature ? Int64.min : column.matureAfter ?? .min
      func each(_ number: @Sendable (_ unit: Int) -> Double) -> [Double] {
        source.all(kept.count) { needed > observed[$0] ? .nan : number(kept[$0]) }
      }
      switch column.source {
      case .events(let value):
        if column.isOutcome, metric.options.missing == .refuse {
          let without = kept.indices.count { needed <= observed[$0] && totals.number(kept[$0], value).isNaN }
          guard without == 0 else { throw ExposureFault(.missingRefused(metric: metric.name, units: without)) }
        }
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

/// How many units of each cell were not observed for long enough, by metric.
private struct ImmatureUnits {
  private struct Group: Hashable {
    let arm: String
    let segment: Segment?
  }
  /// For each metric that leaves such units out.
  private var counts: [Int: [Group: Int]] = [:]

  init(_ plan: EventPlan, _ units: ExposedUnits, _ kept: [Int], _ observed: [Int64]) {
    guard !plan.exposures.includesImmature else { return }
    let arms = units.arms.strings
    let columns = plan.request.segmentColumns.indices.map { column in
      units.segments[column].strings.map { Segment(column: plan.request.segmentColumns[column], value: $0) }
    }
    for (number, metric) in plan.request.metrics.enumerated() where metric.secondsObserved != nil {
      var found: [Group: Int] = [:]
      for (place, unit) in kept.enumerated() where plan.isImmature(observed[place], metric: number) {
        let arm = arms[Int(units.armCodes[unit])]
        found[Group(arm: arm, segment: nil), default: 0] += 1
        for (column, segments) in columns.enumerated() {
          found[Group(arm: arm, segment: segments[Int(units.segmentCodes[column][unit])]), default: 0] += 1
        }
      }
      counts[number] = found
    }
  }

  /// Says it in the cells; segments that were put together have what the others leave.
  func tell(_ measurements: inout Measurements) {
    for (metric, found) in counts {
      for (place, cell) in measurements.cells.enumerated() {
        var count = found[Group(arm: cell.arm, segment: cell.segment)] ?? 0
        if let segment = cell.segment, segment.rest != nil {
          let listed = measurements.cells.filter { other in
            other.arm == cell.arm && other.segment?.column == segment.column && other.segment != segment
          }
          count = found[Group(arm: cell.arm, segment: nil)] ?? 0
          for other in listed { count -= found[Group(arm: other.arm, segment: other.segment)] ?? 0 }
        }
        measurements.cells[place].metrics[metric].immature = count
      }
    }
  }
}

extension TableSource {
  /// An element for each of some numbers from 0 on, made on all threads.
  fileprivate func all<Element>(_ count: Int, _ element: @Sendable (Int) -> Element) -> [Element] {
    let piece = 1 << 16
    return [Element](unsafeUninitializedCapacity: count) { elements, filled in
      nonisolated(unsafe) let places = elements
      parallel((count + piece - 1) / piece) { number in
        for place in number * piece..<min(count, (number + 1) * piece) {
          places.initializeElement(at: place, to: element(place))
        }
      }
      filled = count
    }
  }
}

import Cohorts
import Experiments
import Tables

/// Reads exposures and counts their units by arm, segment and day.
///
/// Memory grows with units, not with exposures. Of two exposures at the same time the first in the file is the first.
public struct ExposureBalanceReader: Sendable {
  public var exposures: ExposureSource
  public var unitColumn: String
  public var variantColumn: String
  public var segmentColumns: [String]
  public var options: TableOptions
  public var allowedBadRows: Double

  public init(
    _ exposures: ExposureSource, unit: String = "user_id", variant: String = "variant", segments: [String] = [],
    options: TableOptions = TableOptions(), allowedBadRows: Double = 0
  ) {
    self.exposures = exposures
    unitColumn = unit
    variantColumn = variant
    segmentColumns = segments
    self.options = options
    self.allowedBadRows = allowedBadRows
  }

  /// - Throws: `TableFault` for the files, `EventLogFault` for the time zone.
  public func counts() throws -> ExposureBalance.Counts {
    let source = try TableSource(exposures.files, options: options)
    let request = MeasurementRequest(
      files: exposures.files, variantColumn: variantColumn, unitColumn: unitColumn, segmentColumns: segmentColumns,
      metrics: [])
    let plan = try EventPlan(request, exposures, exposureColumns: source.columns)
    let clock = try ZoneClock.named(exposures.timeZone)
    let units = ExposedUnits(plan, expected: source.estimatedRows)
    let columns = ExposureConsumer.columns(plan)
    let count = try source.scan(columns, allowedBadRows: allowedBadRows) { chunk in
      ExposureConsumer(plan, reader: CellReader(columns, chunk, options), clock: clock)
    } deliver: { batch in
      SharedWork(count: 1) { _ in for chunk in batch.consumers { units.take(chunk) } }
    }
    let segments = segmentColumns.indices.map { column in
      let values = (0..<units.segments[column].count).map { units.segments[column].string(of: $0) }
      return (segmentColumns[column], values, units.segmentCodes[column])
    }
    return ExposureBalance.Counts(
      exposures: count.rows - count.badRows, arms: (0..<units.arms.count).map { units.arms.string(of: $0) },
      armOfUnit: units.armCodes, isInSeveral: units.isSeveral, groups: segments + [try days(of: units)])
  }

  /// The day of each unit's first exposure, in the zone of the times; only days with units.
  private func days(of units: ExposedUnits) throws -> (name: String, values: [String], valueOfUnit: [Int32]) {
    let times = units.times.map(EventClock.seconds)
    guard let low = times.min(), let high = times.max() else { return ("day", [], []) }
    let calendar = try CivilCalendar(timeZone: exposures.timeZone, period: .day, span: low...high)
    let indices = times.map { calendar.periodIndex(of: $0) }
    let known = Set(indices).sorted()
    let places = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, Int32(truncatingIfNeeded: $0)) })
    return ("day", known.map { calendar.isoDate(ofPeriod: $0) }, indices.map { places[$0] ?? 0 })
  }
}

import Basics
import Experiments
import Tables

/// A number that is made of a unit's events.
struct EventValue: Hashable, Sendable {
  /// The column that is aggregated; `*` stands for the events themselves.
  var column: String
  var aggregation: Metric.Aggregation
  var event: String?
  var filter: String?
  /// An event that counts must have a value.
  var refusesMissing: Bool
  var window: Window

  /// Microseconds from first exposure, half-open.
  struct Window: Hashable, Sendable {
    var start: Int64
    var end: Int64
    @inline(__always) func contains(_ age: Int64) -> Bool { age >= start && age < end }
  }

  static let allEvents = "*"
}

/// Which numbers are made of events and which are taken from exposures, and where each metric finds its own.
struct EventPlan: Sendable {
  /// Where a column of the units' numbers comes from.
  enum Source: Hashable, Sendable {
    case events(Int)
    /// 1 if the number of this place is at least the threshold, else 0.
    case reaches(Int, threshold: Double)
    case attribute(Int)
  }
  struct Column: Sendable {
    var source: Source
    /// The unit has no value unless it was observed for this many microseconds from its first exposure; nil: for any time.
    var matureAfter: Int64?
    /// The metric and whether the column is its outcome, to which caps apply.
    var metric: Int
    var isOutcome: Bool
  }
  let request: MeasurementRequest
  let exposures: ExposureSource
  /// Microseconds since 1970 (UTC); later exposures and events do not count. `Int64.max`: the data say it.
  let asOf: Int64
  private(set) var values: [EventValue] = []
  private(set) var filters: [String: RowFilter] = [:]
  /// Columns of numbers in exposures, or in the table of units.
  private(set) var attributes: [String] = []
  /// Segments, clusters and covariates that are taken from the table of units.
  let ofUnits: Set<String>
  private(set) var columns: [Column] = []
  /// For each metric the places of its columns in `columns`.
  private(set) var places: [[Int]] = []

  /// Everything before and after exposure; far from overflow.
  private static let forever = Int64.max / 4

  /// - Parameters:
  ///   - exposureColumns: the header of exposures; covariates that stand there are taken from there.
  ///   - unitColumns: the header of the table of units, if there is one, from which what exposures lack is taken.
  /// - Throws: `RowFilterFault`, `ExposureFault`, `EventLogFault`.
  init(
    _ request: MeasurementRequest, _ exposures: ExposureSource, exposureColumns: [String], unitColumns: [String] = []
  ) throws {
    self.request = request
    self.exposures = exposures
    ofUnits = Set(unitColumns).subtracting(exposureColumns)
    asOf =
      try exposures.asOf.map { text throws in
        try EventTime.lastMicrosecond(text, timeZone: exposures.timeZone)
      } ?? .max
    for (number, metric) in request.metrics.enumerated() {
      if let text = metric.options.filter, filters[text] == nil { filters[text] = try RowFilter(text) }
      let outcomes = metric.outcomeColumns.count
      let sources = try metric.columns.enumerated().map { index, name throws in
        index < outcomes
          ? try outcome(metric, name)
          : try covariate(metric, name, isAttribute: exposureColumns.contains(name) || ofUnits.contains(name))
      }
      let needed = metric.secondsObserved.map(EventClock.span)
      places.append(Array(columns.count..<columns.count + sources.count))
      for (index, source) in sources.enumerated() {
        columns.append(
          Column(
            source: source, matureAfter: index < outcomes ? needed : nil, metric: number, isOutcome: index < outcomes))
      }
    }
  }

  /// The column of unit ids in exposures.
  var exposureUnit: String { exposures.unitColumn ?? request.unitColumn ?? "" }

  var shape: CellShape { CellShape(request: request, width: columns.count, places: places) }

  /// Whether a unit was not observed for long enough for a column of a metric, or of any one.
  func isImmature(_ observed: Int64, metric: Int? = nil) -> Bool {
    columns.contains { column in
      (metric ?? column.metric) == column.metric && column.matureAfter.map { $0 > observed } ?? false
    }
  }

  private mutating func outcome(_ metric: Metric, _ column: String) throws(ExposureFault) -> Source {
    let options = metric.options
    let start = EventClock.span(options.delaySeconds ?? 0)
    let end = options.windowSeconds.map { start + EventClock.span($0) } ?? Self.forever
    let (window, refuses) = (EventValue.Window(start: start, end: end), options.missing == .refuse)
    if let threshold = options.threshold {
      return .reaches(try place(metric, column, window, refuses, usual: .sum), threshold: threshold)
    }
    return .events(try place(metric, column, window, refuses, usual: metric.isProportion ? .any : .sum))
  }

  private mutating func covariate(_ metric: Metric, _ column: String, isAttribute: Bool) throws(ExposureFault) -> Source
  {
    if isAttribute {
      if let known = attributes.firstIndex(of: column) { return .attribute(known) }
      attributes.append(column)
      return .attribute(attributes.count - 1)
    }
    let start = metric.options.lookbackSeconds.map { -EventClock.span($0) } ?? -Self.forever
    return .events(try place(metric, column, EventValue.Window(start: start, end: 0), false, usual: .sum))
  }

  private mutating func place(
    _ metric: Metric, _ column: String, _ window: EventValue.Window, _ refusesMissing: Bool, usual: Metric.Aggregation
  ) throws(ExposureFault) -> Int {
    var aggregation = metric.options.aggregation ?? usual
    if column == EventValue.allEvents {
      if aggregation == .sum { aggregation = .count }
      guard aggregation == .count || aggregation == .any else {
        throw ExposureFault(.aggregationNeedsColumn(metric: metric.name, aggregation.rawValue))
      }
    }
    if metric.isProportion, metric.options.threshold == nil, aggregation != .any {
      throw ExposureFault(.proportionNeedsThreshold(metric: metric.name, aggregation.rawValue))
    }
    let value = EventValue(
      column: column, aggregation: aggregation, event: metric.options.event, filter: metric.options.filter,
      refusesMissing: refusesMissing, window: window)
    if let known = values.firstIndex(of: value) { return known }
    values.append(value)
    return values.count - 1
  }
}

/// What is wrong with a request that joins exposures and events.
public struct ExposureFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case aggregationNeedsColumn(metric: String, String)
    case proportionNeedsThreshold(metric: String, String)
    case noUnits
    /// No event has the name that a metric asks for.
    case unknownEvent(metric: String, String, nearest: String?, known: [String])
    /// Events that metrics ask for there are, but none of an exposed unit.
    case strangers(events: Int, unit: String)
    case exposedLater(asOf: String)
    case missingRefused(metric: String, units: Int)
    case noCluster(column: String, units: Int)
  }
  public let kind: Kind
  init(_ kind: Kind) { self.kind = kind }
  public var position: SourcePosition? { nil }
  public var sentence: String {
    switch kind {
    case .aggregationNeedsColumn(let metric, let aggregation):
      "metric '\(metric)': '\(aggregation)' needs a column of the events; '*' can only be counted."
    case .proportionNeedsThreshold(let metric, let aggregation):
      "metric '\(metric)': a proportion of '\(aggregation)' needs a threshold, for example | threshold: 50"
    case .noUnits: "every exposed unit was in several arms: nothing is left to compare."
    case .unknownEvent(let metric, let name, let nearest, let known):
      "metric '\(metric)': no event '\(name)'."
        + (nearest.map { " Did you mean '\($0)'?" }
          ?? " The events are \(known.prefix(12).map { "'\($0)'" }.joined(separator: ", "))"
          + (known.count > 12 ? " and others." : "."))
    case .strangers(let events, let unit):
      "none of \(events.grouped) events that metrics ask for is of an exposed unit. Are ids in '\(unit)' written alike in "
        + "exposures and events? (--unit names the column.)"
    case .exposedLater(let asOf): "every exposure is later than \(asOf), when the observation ended."
    case .noCluster(let column, let units):
      "\(units.grouped) exposed \(units == 1 ? "unit has" : "units have") no row in the table of units, which says '\(column)', "
        + "their cluster. Every exposed unit needs one."
    case .missingRefused(let metric, let units):
      "metric '\(metric)': no event counts for \(units.grouped) \(units == 1 ? "unit" : "units"), and missing: refuse allows "
        + "no unit without a value. Choose missing: zero or exclude."
    }
  }
}

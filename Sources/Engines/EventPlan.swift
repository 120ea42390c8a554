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
  var window: Window

  /// Seconds from first exposure, half-open.
  struct Window: Hashable, Sendable {
    var start: Int64
    var end: Int64
    @inline(__always) func contains(_ seconds: Int64) -> Bool { seconds >= start && seconds < end }
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
    /// The unit has no value unless this many seconds from first exposure are in the data.
    var matureAfter: Int64
    /// The metric and whether the column is its outcome, to which caps apply.
    var metric: Int
    var isOutcome: Bool
  }
  let request: MeasurementRequest
  let exposures: ExposureSource
  private(set) var values: [EventValue] = []
  private(set) var filters: [String: RowFilter] = [:]
  /// Columns of numbers in exposures.
  private(set) var attributes: [String] = []
  private(set) var columns: [Column] = []
  /// For each metric the places of its columns in `columns`.
  private(set) var places: [[Int]] = []

  /// Everything before and after exposure; far from overflow.
  private static let forever = Int64.max / 4

  /// - Parameter exposureColumns: the header of exposures; covariates that stand there are taken from there.
  /// - Throws: `RowFilterFault`, `ExposureFault`.
  init(_ request: MeasurementRequest, _ exposures: ExposureSource, exposureColumns: [String]) throws {
    self.request = request
    self.exposures = exposures
    for (number, metric) in request.metrics.enumerated() {
      if let text = metric.options.filter, filters[text] == nil { filters[text] = try RowFilter(text) }
      let outcomes = metric.outcomeColumns.count
      let sources = try metric.columns.enumerated().map { index, name throws in
        index < outcomes
          ? try outcome(metric, name) : try covariate(metric, name, isAttribute: exposureColumns.contains(name))
      }
      let end = metric.options.windowSeconds.map { Self.seconds($0 + (metric.options.delaySeconds ?? 0)) } ?? 0
      places.append(Array(columns.count..<columns.count + sources.count))
      for (index, source) in sources.enumerated() {
        columns.append(
          Column(source: source, matureAfter: index < outcomes ? end : 0, metric: number, isOutcome: index < outcomes))
      }
    }
  }

  var shape: CellShape { CellShape(request: request, width: columns.count, places: places) }

  /// The longest time from first exposure to the end of a window.
  var longestWindow: Int64 { columns.map(\.matureAfter).max() ?? 0 }

  private mutating func outcome(_ metric: Metric, _ column: String) throws(ExposureFault) -> Source {
    let options = metric.options
    let start = Self.seconds(options.delaySeconds ?? 0)
    let end = options.windowSeconds.map { start + Self.seconds($0) } ?? Self.forever
    if let threshold = options.threshold {
      return .reaches(try place(metric, column, start, end, usual: .sum), threshold: threshold)
    }
    return .events(try place(metric, column, start, end, usual: metric.isProportion ? .any : .sum))
  }

  private mutating func covariate(_ metric: Metric, _ column: String, isAttribute: Bool) throws(ExposureFault) -> Source
  {
    if isAttribute {
      if let known = attributes.firstIndex(of: column) { return .attribute(known) }
      attributes.append(column)
      return .attribute(attributes.count - 1)
    }
    let start = metric.options.lookbackSeconds.map { -Self.seconds($0) } ?? -Self.forever
    return .events(try place(metric, column, start, 0, usual: .sum))
  }

  private mutating func place(
    _ metric: Metric, _ column: String, _ start: Int64, _ end: Int64, usual: Metric.Aggregation
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
      window: EventValue.Window(start: start, end: end))
    if let known = values.firstIndex(of: value) { return known }
    values.append(value)
    return values.count - 1
  }

  /// Whole seconds of a duration; at most 300 years.
  private static func seconds(_ duration: Double) -> Int64 { Int64(min(max(duration, 0), 1e10)) }
}

/// What is wrong with a request that joins exposures and events.
public struct ExposureFault: InputFault, Hashable {
  public enum Kind: Sendable, Hashable {
    case aggregationNeedsColumn(metric: String, String)
    case proportionNeedsThreshold(metric: String, String)
    case noUnits
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
    }
  }
}

import Basics
import Statistics

/// What an engine is asked to measure: one pass over the inputs, only these columns.
public struct MeasurementRequest: Sendable {
  /// Files in order; `-` is standard input. All have the same columns and make one table, one row a unit.
  public var files: [String]
  public var variantColumn: String
  /// Nil: every row is a unit of its own.
  public var unitColumn: String?
  /// The column whose values are the clusters; moments are then of cluster totals.
  public var clusterColumn: String?
  public var segmentColumns: [String]
  public var metrics: [Metric]
  /// Share of rows that may be unreadable before the analysis is refused, in [0, 1].
  public var allowedBadRows: Double
  /// Without exposures: the column of units' first exposures, if one is to say how long the experiment has run.
  public var timeColumn: String?
  /// The zone of times in it that are written without one, an IANA name.
  public var timeZone = "UTC"
  /// Set: `files` are of events, one row an event, and these are who was exposed to what.
  public var exposures: ExposureSource?
  /// Whether the cells of segments that are put together are kept beside, for a file that is put together with others.
  public var keepsRareSegments = false

  public init(
    files: [String], variantColumn: String = "variant", unitColumn: String? = nil, clusterColumn: String? = nil,
    segmentColumns: [String] = [], metrics: [Metric], allowedBadRows: Double = 0
  ) {
    self.files = files
    self.variantColumn = variantColumn
    self.unitColumn = unitColumn
    self.clusterColumn = clusterColumn
    self.segmentColumns = segmentColumns
    self.metrics = metrics
    self.allowedBadRows = allowedBadRows
  }
}

extension MeasurementRequest {
  /// - Throws: if a metric chooses among events and there are no exposures, with which events are joined.
  package func requireExposuresForEvents() throws(MetricSpecFault) {
    guard exposures == nil else { return }
    for metric in metrics { try metric.requireNoEventOptions() }
  }
}

extension Metric {
  func requireNoEventOptions() throws(MetricSpecFault) {
    guard let option = eventOptions.first else { return }
    throw MetricSpecFault(kind: .needsExposures(option: option, metric: name), position: nil)
  }

  /// - Throws: if the metric chooses among events, for data that are units.
  package func requireRowsOfUnits() throws(MetricSpecFault) {
    guard let option = eventOptions.first else { return }
    throw MetricSpecFault(kind: .needsUnits(option: option, metric: name), position: nil)
  }
}

/// Who was exposed, when, and how that is joined with events.
public struct ExposureSource: Sendable, Hashable {
  /// Files with a row an exposure: unit, variant, time, and what segments, clusters and covariates are taken from.
  public var files: [String]
  /// The column of times, in events and, unless `exposureTimeColumn` says otherwise, in exposures.
  public var timeColumn: String
  public var exposureTimeColumn: String?
  /// The column with an event's name, which the option `event` of metrics is compared with.
  public var eventColumn: String
  /// The zone of times that are written without one, an IANA name.
  public var timeZone: String
  /// Whether units count whose window was not over when the observation ended.
  public var includesImmature: Bool
  /// The end of the observation, a date (its last second) or time; later exposures and events do not count. Nil: the latest
  /// event that is not stray.
  public var asOf: String?
  /// The column of unit ids in exposures, if it is another than in events.
  public var unitColumn: String?
  /// Files with a row a unit, whose id column is named as in events or as in exposures: segments, clusters and covariates that
  /// are no columns of the exposures are taken from there. In measurements they come behind events and exposures.
  public var attributeFiles: [String] = []

  public init(
    files: [String], timeColumn: String = "timestamp", exposureTimeColumn: String? = nil, eventColumn: String = "event",
    timeZone: String = "UTC",
    includesImmature: Bool = false
  ) {
    self.files = files
    self.timeColumn = timeColumn
    self.exposureTimeColumn = exposureTimeColumn
    self.eventColumn = eventColumn
    self.timeZone = timeZone
    self.includesImmature = includesImmature
  }
}

/// What came of the join of exposures with events.
public struct ExposureSummary: Sendable, Codable, Equatable {
  /// Units in more than one arm; they are left out.
  public var unitsInSeveralArms: Int
  /// Units whose longest window was not over when the observation ended.
  public var immatureUnits: Int
  /// Events read, those that a metric asks for by name among them, and those of exposed units among these.
  public var events: Int
  public var eventsAsked: Int
  public var eventsOfUnits: Int
  /// Events so far behind all others that they do not say when the observation ended.
  public var strays: Strays?
  /// Units that were first exposed after the observation ended.
  public var unitsExposedLater: Int?
  /// The longest time for which a unit was observed, in seconds.
  public var longestObserved: Double?
  /// Seconds from the latest event to the end of the observation, where that end was stated.
  public var quietSeconds: Double?

  public struct Strays: Sendable, Codable, Equatable {
    public var events: Int
    /// The day of the first of them, in seconds since 1970 (UTC).
    public var from: Int64
    public init(events: Int, from: Int64) { (self.events, self.from) = (events, from) }
  }

  public init(
    unitsInSeveralArms: Int, immatureUnits: Int, events: Int, eventsAsked: Int, eventsOfUnits: Int,
    unitsExposedLater: Int? = nil, longestObserved: Double? = nil
  ) {
    self.unitsInSeveralArms = unitsInSeveralArms
    self.immatureUnits = immatureUnits
    self.events = events
    self.eventsAsked = eventsAsked
    self.eventsOfUnits = eventsOfUnits
    self.unitsExposedLater = unitsExposedLater
    self.longestObserved = longestObserved
  }
}

/// What an engine measured. Everything that the analysis needs, and no rows.
public struct Measurements: Sendable, Codable, Equatable {
  public var files: [InputFile]
  /// Data rows read, and rows left out because they could not be read.
  public var rows: Int
  public var unreadableRows: Int
  /// Arms in order of their names.
  public var arms: [Arm]
  /// One cell per arm for all units together (`segment` nil), then one per arm and segment value.
  public var cells: [Cell]
  /// The segments that a `rest` among `cells` holds, each by itself, if the request keeps them.
  public var rareCells: [Cell]?
  /// Set where exposures were joined with events.
  public var exposure: ExposureSummary?
  /// From the first exposure to the end of the observation, if times were read.
  public var observed: Observed?
  /// Clusters with rows in more than one arm, if rows are clustered and it is known.
  public var clustersInSeveralArms: Int?

  public init(files: [InputFile], rows: Int, unreadableRows: Int, arms: [Arm], cells: [Cell]) {
    self.files = files
    self.rows = rows
    self.unreadableRows = unreadableRows
    self.arms = arms
    self.cells = cells
  }

  /// Seconds since 1970 (UTC).
  public struct Observed: Sendable, Codable, Equatable {
    public var from: Int64
    public var until: Int64
    public init(from: Int64, until: Int64) {
      self.from = from
      self.until = until
    }
  }

  public struct Arm: Sendable, Codable, Equatable {
    public var name: String
    /// Rows, if they are clustered.
    public var units: Int
    /// Clusters with a value of some metric, if rows are clustered.
    public var clusters: Int?
    public init(name: String, units: Int, clusters: Int? = nil) {
      self.name = name
      self.units = units
      self.clusters = clusters
    }
  }

  public struct Cell: Sendable, Codable, Equatable {
    public var arm: String
    public var segment: Segment?
    public var units: Int
    /// One for each metric of the request, in its order.
    public var metrics: [MetricData]
    public init(arm: String, segment: Segment?, units: Int, metrics: [MetricData]) {
      self.arm = arm
      self.segment = segment
      self.units = units
      self.metrics = metrics
    }
  }

  /// The data of one metric in one cell.
  public struct MetricData: Sendable, Codable, Equatable {
    /// Of the metric's `columns`, over the units that have a value in each of them.
    public var moments: Moments
    /// Units left out because a column is empty, or because they were not observed for long enough.
    public var missing: Int
    /// How many of them were not observed for long enough; nil where that cannot be.
    public var immature: Int?
    /// Only for quantiles: the order statistics that the analysis needs, ascending values of the outcome column.
    public var sortedValues: [Double]?
    /// Where rows are clustered, the cluster of each of these values, any numbers.
    public var clustersOfValues: [Int]?
    /// In place of the values where there are more than `exactValues` of them.
    public var histogram: QuantileHistogram?
    /// So many values of a quantile are kept as they are in a cell, if rows are not clustered.
    public static let exactValues = 1_000_000
    /// The thresholds at which the values of each outcome column were pulled in: one, of a ratio two (numerator,
    /// denominator). Empty if the metric has neither cap nor floor.
    public var cuts: [Cut]
    public init(moments: Moments, missing: Int = 0, sortedValues: [Double]? = nil, cuts: [Cut] = []) {
      self.moments = moments
      self.missing = missing
      self.sortedValues = sortedValues
      self.cuts = cuts
    }
  }

  /// Values of a column beyond are counted as these.
  public struct Cut: Sendable, Codable, Hashable {
    public var low: Double?
    public var high: Double?
    public init(low: Double? = nil, high: Double? = nil) {
      self.low = low
      self.high = high
    }
  }
}

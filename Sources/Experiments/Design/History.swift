import Basics
import Statistics

/// What past data say about one metric: the input of a design.
public struct History: Sendable, Codable, Equatable {
  public var files: [InputFile]
  /// Data rows read; each is a unit. Rows left out because they could not be read, or have no value.
  public var rows: Int
  public var unreadableRows: Int
  public var missing: Int
  /// Of the metric's columns, over the units that have a value in each of them.
  public var moments: Moments
  public var capValue: Double?
  public var clusters: Clusters?
  /// Units first seen on each of consecutive days, if a column of times was read.
  public var newUnits: [Double]?
  /// The first of those days, ISO.
  public var firstDay: String?

  public struct Clusters: Sendable, Codable, Equatable {
    public var column: String
    public var count: Int
    public var meanSize: Double
    public var sizeVariation: Double
    public var intraclassCorrelation: Double

    public init(column: String, _ estimate: IntraclassCorrelation) {
      self.column = column
      count = estimate.clusters
      meanSize = estimate.meanSize
      sizeVariation = estimate.sizeVariation
      intraclassCorrelation = estimate.value
    }
  }

  public init(
    files: [InputFile], rows: Int, unreadableRows: Int, missing: Int, moments: Moments, capValue: Double? = nil,
    clusters: Clusters? = nil, newUnits: [Double]? = nil, firstDay: String? = nil
  ) {
    self.files = files
    self.rows = rows
    self.unreadableRows = unreadableRows
    self.missing = missing
    self.moments = moments
    self.capValue = capValue
    self.clusters = clusters
    self.newUnits = newUnits
    self.firstDay = firstDay
  }

  /// The metric's baseline and spread.
  ///
  /// - Throws: `DesignFault` or `DomainError` if the data do not allow one.
  func outcome(of metric: Metric) throws -> DesignOutcome {
    guard moments.count >= 2 else {
      throw DomainError("units with a value", Double(moments.count), "must be at least 2")
    }
    switch metric.kind {
    case .proportion: return try .proportion(moments.mean[0])
    case .mean:
      return try .mean(baseline: moments.mean[0], standardDeviation: moments.variance(0).squareRoot())
    case .ratio:
      return try .ratio(
        numeratorMean: moments.mean[0], denominatorMean: moments.mean[1], numeratorVariance: moments.variance(0),
        denominatorVariance: moments.variance(1), covariance: moments.covariance(0, 1))
    case .quantile: throw DesignSpecFault(.quantile)
    }
  }

  /// r²: the share of the variance that the metric's covariates explain. The reduction of two arms that are both like the
  /// history.
  func varianceExplained(by metric: Metric) throws(DomainError) -> Double {
    guard !metric.covariates.isEmpty else { return 0 }
    let isRatio = if case .ratio = metric.kind { true } else { false }
    let places = metric.covariates.indices.map { (isRatio ? 2 : 1) + $0 }
    return isRatio
      ? try CUPED.ratio(treatment: moments, control: moments, covariates: places).varianceReduction
      : try CUPED.mean(treatment: moments, control: moments, covariates: places).varianceReduction
  }
}

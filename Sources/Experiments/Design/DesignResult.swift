import Basics
import Statistics

/// The answer to a question of design, of which each report is a view. The shape is the contract `verdict.design/1`.
public struct DesignResult: Sendable, Codable, Equatable {
  public static let schemaName = "verdict.design/1"

  public var schema = DesignResult.schemaName
  /// Past data, if the baseline was measured.
  public var input: Input?
  public var metric: MetricSummary
  public var hypothesis: Hypothesis
  public var test: String
  public var alpha: Double
  public var correction: String
  public var method: String
  /// units, effect, power, clusterSize or schedule: what was asked for.
  public var solved: String
  /// Treatment minus control in the metric's unit, and as a fraction of the baseline's size.
  public var effect: Double?
  public var lift: Double?
  public var power: Double
  public var units: Units?
  public var clusters: Clusters?
  /// Where the data are looked at on the way.
  public var looks: Looks?
  /// Days until the units are in.
  public var days: Double?
  /// Minimal detectable effects by run length.
  public var schedule: [RunLength.Day]
  public var notes: [String]
  public var provenance: Analysis.Provenance

  public struct Input: Sendable, Codable, Equatable {
    public var files: [InputFile]
    public var rows: Int
    public var units: Int
    public var unreadableRows: Int
  }

  public struct MetricSummary: Sendable, Codable, Equatable {
    public var name: String
    public var kind: String
    public var role: Metric.Role
    public var direction: Metric.Direction
    public var baseline: Double?
    /// Of one unit of the control, before covariates.
    public var standardDeviation: Double
    /// r², the share that covariates explain.
    public var varianceExplained: Double
  }

  public struct Hypothesis: Sendable, Codable, Equatable {
    public var name: String
    /// In the metric's unit; nil for `different`.
    public var margin: Double?
    public var sides: Int
  }

  public struct Units: Sendable, Codable, Equatable {
    /// Before rounding.
    public var exact: Double
    public var total: Int
    public var arms: [Arm]
    public struct Arm: Sendable, Codable, Equatable {
      public var name: String
      public var units: Int
      public var clusters: Int?
    }
  }

  public struct Looks: Sendable, Codable, Equatable {
    public var bounds: String
    /// Shares of the units at which the looks are taken.
    public var informationFractions: [Double]
    /// |z| (one-sided: z) at which each look stops.
    public var criticalValues: [Double]
    /// The maximum of units over those of a single look.
    public var inflation: Double
    /// The share of the units at which the test stops on average if the effect is as assumed.
    public var expectedShare: Double
  }

  public struct Clusters: Sendable, Codable, Equatable {
    public var size: Double
    public var intraclassCorrelation: Double
    public var sizeVariation: Double
    public var designEffect: Double
  }
}

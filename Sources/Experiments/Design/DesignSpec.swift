import Statistics

/// A question of design: what is known, and what is wanted.
public struct DesignSpec: Sendable {
  public var metric: Metric
  /// The control's expected value; nil: from the history.
  public var baseline: Double?
  /// Per unit; nil: from the history.
  public var standardDeviation: Double?
  public var treatmentStandardDeviation: Double?
  /// r between outcome and covariates; nil: from the history, else 0.
  public var correlation: Double?
  public var history: History?

  public var hypothesis: Hypothesis?
  public var margin: Metric.Margin?
  public var test: DesignTest?
  public var alpha = 0.05
  public var isOneSided = false
  public var correction = ArmCorrection.none
  public var monitoring = DesignMonitoring.once
  /// Planned looks at the data, each of which may stop; goes with `monitoring` once.
  public var looks: Looks?
  /// Names and weights, the control first.
  public var arms: [Arm] = [Arm(name: "control", weight: 1), Arm(name: "treatment", weight: 1)]
  public var clusters: ClusterDesign?
  /// Clusters of all arms together, where they are fixed.
  public var clusterCount: Int?

  /// Any two; power 0.8 if it is wanted and not given.
  public var effect: Effect?
  public var units: Double?
  public var power: Double?

  public var traffic: TrafficCurve?
  /// Share of the traffic that takes part.
  public var coverage = 1.0
  /// The days of the table of effect against run length.
  public var days = DesignSpec.usualDays

  public static let usualDays = [7, 14, 21, 28, 42, 56]
  public static let usualPower = 0.8

  public init(metric: Metric) { self.metric = metric }

  public struct Arm: Sendable, Hashable {
    public var name: String
    public var weight: Double
    public init(name: String, weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  /// A group-sequential design with looks at equal steps of information.
  public struct Looks: Sendable, Hashable {
    public var count: Int
    public var bounds: Bounds
    public init(count: Int, bounds: Bounds = .lanDeMetsOBrienFleming) {
      self.count = count
      self.bounds = bounds
    }

    public enum Bounds: String, Sendable, Hashable, Codable, CaseIterable {
      case obrienFleming = "obrien-fleming"
      case pocock
      case lanDeMetsOBrienFleming = "lan-demets-obrien-fleming"
      case lanDeMetsPocock = "lan-demets-pocock"

      var efficacy: GroupSequentialDesign.Efficacy {
        switch self {
        case .obrienFleming: .obrienFleming
        case .pocock: .pocock
        case .lanDeMetsOBrienFleming: .spending(.lanDeMetsOBrienFleming)
        case .lanDeMetsPocock: .spending(.lanDeMetsPocock)
        }
      }
    }
  }

  /// A size of effect, with its sign.
  public enum Effect: Sendable, Hashable {
    /// In the metric's unit.
    case absolute(Double)
    /// As a fraction of the baseline's size.
    case relative(Double)
  }

  public enum Hypothesis: String, Sendable, Hashable, Codable, CaseIterable {
    case different, superior, equivalent
    case nonInferior = "non-inferior"
  }
}

import Statistics

/// How measurements become an analysis: fixed before the data are seen.
public struct AnalysisPlan: Sendable {
  public var metrics: [Metric]
  /// The arm that the others are compared with.
  public var control: String
  /// Planned shares by arm on any scale; nil: equal shares of the arms that are there.
  public var weights: [String: Double]?
  public var alpha: Double
  public var correction: Correction
  public var method: Method
  /// Units an arm, of clustered rows clusters, below which nothing is decided.
  public var minimumUnits: Int
  /// Units, all arms together, that the run was planned for; tunes sequential intervals and says when a fixed run ends.
  public var plannedUnits: Int?
  /// Looks and spending of the method `groupSequential`; nil: its defaults.
  public var groupSequential: GroupSequentialPlan?
  /// A winner needs every guardrail clearly inside its margin; else only a crossed one stops it.
  public var requiresGuardrails: Bool
  /// No more data will come: a decision is due.
  public var isFinal: Bool
  public var seed: UInt64?
  public var specHash: String?
  /// Secondary metrics are tested only as far as the goals let them; nil: goals and secondary metrics are one family.
  public var gatekeeping: Gatekeeping.Gate?
  /// Seconds from the first exposure before a winner or none is declared; harm is acted on before.
  public var minimumRuntime: Double?
  /// For the Bayesian method: what is believed of the lift (a fraction) of each metric before the data.
  public var prior = GaussianEffect.Prior.flat
  /// For the Bayesian method: lifts within ± this fraction make no practical difference.
  public var negligibleLift: Double?

  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// One look at the planned end.
    case fixed
    /// Confidence sequences: look whenever you like.
    case sequential
    /// Planned looks, each with its share of alpha.
    case groupSequential = "group-sequential"
    /// Posterior of the effect, under `prior`.
    case bayesian
  }

  /// What p-values are adjusted by, as reports name it.
  var correctionName: String { gatekeeping.map { "gatekeeping-\($0.rawValue)" } ?? correction.rawValue }

  public init(
    metrics: [Metric], control: String = "control", weights: [String: Double]? = nil, alpha: Double = 0.05,
    correction: Correction = .holm, method: Method = .fixed, minimumUnits: Int = 50, plannedUnits: Int? = nil,
    groupSequential: GroupSequentialPlan? = nil, requiresGuardrails: Bool = true, isFinal: Bool = true,
    seed: UInt64? = nil, specHash: String? = nil
  ) {
    self.metrics = metrics
    self.control = control
    self.weights = weights
    self.alpha = alpha
    self.correction = correction
    self.method = method
    self.minimumUnits = minimumUnits
    self.plannedUnits = plannedUnits
    self.groupSequential = groupSequential
    self.requiresGuardrails = requiresGuardrails
    self.isFinal = isFinal
    self.seed = seed
    self.specHash = specHash
  }
}

import Basics

/// The result of `analyze`: every number, check and reason, of which each report is a view.
///
/// The shape is the contract `verdict.analysis/1`. Lifts are fractions. An undefined number is nil, and `notes` says why.
public struct Analysis: Sendable, Codable, Equatable {
  public static let schemaName = "verdict.analysis/1"

  public var schema = Analysis.schemaName
  public var input: Input
  public var control: String
  public var variants: [VariantUnits]
  public var alpha: Double
  public var correction: String
  public var method: String
  /// Only for the method `group-sequential`.
  public var groupSequential: GroupSequential?
  public var checks: [Check]
  public var metrics: [MetricResult]
  public var decision: Decision
  public var provenance: Provenance

  public init(
    input: Input, control: String, variants: [VariantUnits], alpha: Double, correction: String, method: String,
    groupSequential: GroupSequential? = nil, checks: [Check], metrics: [MetricResult], decision: Decision,
    provenance: Provenance
  ) {
    self.input = input
    self.control = control
    self.variants = variants
    self.alpha = alpha
    self.correction = correction
    self.method = method
    self.groupSequential = groupSequential
    self.checks = checks
    self.metrics = metrics
    self.decision = decision
    self.provenance = provenance
  }

  public struct Input: Sendable, Codable, Equatable {
    public var files: [InputFile]
    public var rows: Int
    public var units: Int
    public var unreadableRows: Int
    /// From the first exposure to the latest time in the data, if times were read.
    public var observed: Measurements.Observed?
    public init(
      files: [InputFile], rows: Int, units: Int, unreadableRows: Int, observed: Measurements.Observed? = nil
    ) {
      self.files = files
      self.rows = rows
      self.units = units
      self.unreadableRows = unreadableRows
      self.observed = observed
    }
  }

  public struct VariantUnits: Sendable, Codable, Equatable {
    public var name: String
    /// Rows, if they are clustered.
    public var units: Int
    /// Only if rows are clustered.
    public var clusters: Int?
    public init(name: String, units: Int, clusters: Int? = nil) {
      self.name = name
      self.units = units
      self.clusters = clusters
    }

    private enum CodingKeys: CodingKey { case name, units, clusters }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(units, forKey: .units)
      if let clusters { try container.encode(clusters, forKey: .clusters) }
    }
  }

  /// A condition under which the numbers may be trusted.
  public struct Check: Sendable, Codable, Equatable {
    public enum Outcome: String, Sendable, Codable { case pass, warn, fail }
    public var name: String
    public var outcome: Outcome
    public var pValue: Double?
    public var detail: String
    public init(name: String, outcome: Outcome, pValue: Double?, detail: String) {
      self.name = name
      self.outcome = outcome
      self.pValue = pValue
      self.detail = detail
    }
  }

  public struct MetricResult: Sendable, Codable, Equatable {
    public var name: String
    /// proportion, mean, ratio or quantile.
    public var kind: String
    public var role: Metric.Role
    public var direction: Metric.Direction
    public var comparisons: [Comparison]
    /// Only for the Bayesian method: which arm is the best, over all units.
    public var ranking: [Rank]?
    /// Only with segments: whether they differ in their effects.
    public var heterogeneity: [Heterogeneity]?
    public init(
      name: String, kind: String, role: Metric.Role, direction: Metric.Direction, comparisons: [Comparison],
      ranking: [Rank]? = nil, heterogeneity: [Heterogeneity]? = nil
    ) {
      self.name = name
      self.kind = kind
      self.role = role
      self.direction = direction
      self.comparisons = comparisons
      self.ranking = ranking
      self.heterogeneity = heterogeneity
    }
  }

  /// One treatment against the control, over all units or in one segment.
  public struct Comparison: Sendable, Codable, Equatable {
    public var variant: String
    public var segment: Segment?
    public var control: ArmEstimate
    public var treatment: ArmEstimate
    public var difference: Effect
    public var lift: Lift
    public var test: String
    public var statistic: Double?
    public var degreesOfFreedom: Double?
    public var pValue: Double?
    public var adjustedPValue: Double?
    /// The interval of the difference that agrees with `adjustedPValue`; nil where the correction has none (a note says so).
    public var adjustedInterval: Bounds?
    /// Share of variance removed by covariates, in [0, 1].
    public var varianceReduction: Double?
    /// For a guardrail with a margin: whether the worst value in the interval stays inside it.
    public var guardrail: Guardrail?
    /// Only for the Bayesian method.
    public var posterior: Posterior?
    public var notes: [String]

    public init(
      variant: String, segment: Segment? = nil, control: ArmEstimate, treatment: ArmEstimate, difference: Effect,
      lift: Lift, test: String, statistic: Double?, degreesOfFreedom: Double?, pValue: Double?,
      adjustedPValue: Double? = nil, adjustedInterval: Bounds? = nil, varianceReduction: Double? = nil,
      guardrail: Guardrail? = nil, posterior: Posterior? = nil, notes: [String] = []
    ) {
      self.variant = variant
      self.segment = segment
      self.control = control
      self.treatment = treatment
      self.difference = difference
      self.lift = lift
      self.test = test
      self.statistic = statistic
      self.degreesOfFreedom = degreesOfFreedom
      self.pValue = pValue
      self.adjustedPValue = adjustedPValue
      self.adjustedInterval = adjustedInterval
      self.varianceReduction = varianceReduction
      self.guardrail = guardrail
      self.posterior = posterior
      self.notes = notes
    }
  }

  public struct ArmEstimate: Sendable, Codable, Equatable {
    public var value: Double?
    public var standardError: Double?
    public var units: Int
    public init(value: Double?, standardError: Double?, units: Int) {
      self.value = value
      self.standardError = standardError
      self.units = units
    }
  }

  public struct Effect: Sendable, Codable, Equatable {
    public var estimate: Double?
    public var standardError: Double?
    public var lower: Double?
    public var upper: Double?
    public init(estimate: Double?, standardError: Double?, lower: Double?, upper: Double?) {
      self.estimate = estimate
      self.standardError = standardError
      self.lower = lower
      self.upper = upper
    }
  }

  public struct Lift: Sendable, Codable, Equatable {
    public var estimate: Double?
    public var lower: Double?
    public var upper: Double?
    /// delta, fieller, or a word for why there is no bounded interval (`fieller-unbounded`, `undefined`).
    public var method: String
    public init(estimate: Double?, lower: Double?, upper: Double?, method: String) {
      self.estimate = estimate
      self.lower = lower
      self.upper = upper
      self.method = method
    }
  }

  public struct Bounds: Sendable, Codable, Equatable {
    public var lower: Double?
    public var upper: Double?
    public init(lower: Double?, upper: Double?) {
      self.lower = lower
      self.upper = upper
    }
  }

  public struct Guardrail: Sendable, Codable, Equatable {
    /// The allowed move in the metric's unit, at the control's value.
    public var margin: Double
    /// held: the interval stays inside the margin; crossed: it lies wholly beyond it; unclear: neither.
    public enum Outcome: String, Sendable, Codable { case held, crossed, unclear }
    public var outcome: Outcome
    public init(margin: Double, outcome: Outcome) {
      self.margin = margin
      self.outcome = outcome
    }
  }

  /// What to do, with every reason.
  public struct Decision: Sendable, Codable, Equatable {
    public enum Outcome: String, Sendable, Codable, CaseIterable { case ship, keep, extend, rollback, invalid }
    public var outcome: Outcome
    /// The arm to serve: the winner for ship, the control for keep and rollback, nil otherwise.
    public var variant: String?
    public var reasons: [String]
    public init(outcome: Outcome, variant: String?, reasons: [String]) {
      self.outcome = outcome
      self.variant = variant
      self.reasons = reasons
    }
  }

  public struct Provenance: Sendable, Codable, Equatable {
    public var version: String
    public var seed: UInt64?
    public var specHash: String?
    public init(version: String = ToolVersion.current, seed: UInt64? = nil, specHash: String? = nil) {
      self.version = version
      self.seed = seed
      self.specHash = specHash
    }
  }
}

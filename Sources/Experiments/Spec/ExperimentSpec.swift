import Basics
import Statistics

/// An experiment from hypothesis to rollout, as it is written down before the data are seen.
///
/// The grammar (version 1) is `ExperimentSpec.jsonSchema`; names that one part uses and another defines (the control, the
/// arms with weights) are checked besides.
public struct ExperimentSpec: Sendable, Hashable {
  public static let kind = "experiment"

  public var name: String
  public var owner: String?
  public var hypothesis: Hypothesis?
  public var variants: [Variant]
  /// The name of the variant that the others are compared with.
  public var control: String
  public var allocation: Allocation
  public var data: DataSource
  public var metrics: [Metric]
  public var method: Method
  public var decision: DecisionRule
  public var rollout: Rollout?
  /// A workflow model of the user's own, relative to the spec.
  public var model: String?
  /// The folder that relative paths start from; "" is the current one.
  public var directory: String

  /// Why a change should help: `because` … `if` … `then` …, or one statement.
  public struct Hypothesis: Sendable, Hashable {
    public var because: String?
    public var change: String?
    public var expectation: String?
    public var statement: String?

    /// One sentence.
    public var text: String {
      if let statement { return statement }
      let parts = [because.map { "because \($0)" }, change.map { "if \($0)" }, expectation.map { "then \($0)" }]
      return parts.compactMap { $0 }.joined(separator: ", ")
    }
  }

  public struct Variant: Sendable, Hashable {
    public var name: String
    public var description: String?
    /// What a flag serves for this variant; nil: its name.
    public var value: JSONValue?
  }

  /// How units come into arms.
  public struct Allocation: Sendable, Hashable {
    /// `name/version` of a published scheme.
    public var scheme = "verdict/1"
    public var salt: String
    /// Planned shares by variant, on any scale.
    public var weights: [String: Double]
    /// Share of all units that take part, in (0, 1].
    public var coverage = 1.0
    /// Nil: units are shared with every other experiment.
    public var layer: LayerRange?
    public var holdout: HoldoutShare?
    /// Units that get a variant by name, such as testers.
    public var overrides: [Override] = []
  }

  public struct DataSource: Sendable, Hashable {
    /// As written; `resolved` gives the path.
    public var files: [String]
    public var variantColumn = "variant"
    public var unitColumn: String?
    public var clusterColumn: String?
    public var segmentColumns: [String] = []
    /// A file of first exposures: unit, variant, time.
    public var exposures: String?
    /// The column of units in exposures, if it is another than in events.
    public var exposureUnitColumn: String?
    /// Files with a row a unit: segments, clusters and covariates that exposures do not have.
    public var attributes: [String] = []
    /// The column of times in exposures and events; without exposures, of a unit's first exposure.
    public var timeColumn: String?
    /// The column of times in exposures, if it is another than in events.
    public var exposureTimeColumn: String?
    /// The column of events' names; nil: `event`.
    public var eventColumn: String?
    /// The zone of times that are written without one, an IANA name.
    public var timeZone = "UTC"
    /// Units count whose window is not over.
    public var includesImmature = false
    /// The end of the observation; nil: the latest event.
    public var asOf: String?
    /// Words that stand for a missing value beside the empty cell.
    public var nullWords: [String] = []
    /// Share of rows that may be unreadable.
    public var allowedBadRows = 0.0
    /// No more data will come: a decision is due.
    public var isFinal = false
  }

  public struct Method: Sendable, Hashable {
    public var name = AnalysisPlan.Method.fixed
    public var alpha = 0.05
    public var correction = Correction.holm
    /// Units, all arms together, at which a fixed run ends and for which a sequential one is tuned.
    public var plannedUnits: Int?
    /// Secondary metrics are tested only as far as the goals let them.
    public var gatekeeping: Gatekeeping.Gate?
    /// For `bayesian`: what is believed of each metric's lift before the data.
    public var prior = GaussianEffect.Prior.flat
    /// For `bayesian`: lifts within ± this fraction make no practical difference.
    public var negligibleLift: Double?
    /// Looks and spending; only for the method `group-sequential`.
    public var groupSequential: GroupSequentialPlan?
  }

  public struct DecisionRule: Sendable, Hashable {
    /// Clusters, if rows are clustered.
    public var minimumUnitsPerVariant = 50
    /// Seconds from the first exposure before anything is decided.
    public var minimumRuntime: Double?
    /// A winner needs every guardrail clearly inside its margin; else an unclear one does not stop it.
    public var requiresGuardrails = true
  }

  public struct Rollout: Sendable, Hashable {
    public enum Target: String, Sendable, Hashable, Codable, CaseIterable {
      /// flagd's evaluators of generation 2, and of 3.
      case flagd
      case flagd3 = "flagd-3"
      case growthbook
      /// What Unleash's SDKs fetch, and what its admin interface imports.
      case unleash
      case unleashExport = "unleash-export"
      case launchdarkly, eppo
    }
    public var flag: String
    public var target = Target.flagd
    /// Rising shares; the last is 1.
    public var stages: [Stage]
    /// A person must approve before the first stage.
    public var requiresApproval = false

    public struct Stage: Sendable, Hashable {
      /// Of all users, in (0, 1].
      public var share: Double
      /// Seconds that the stage lasts at least.
      public var hold: Double = 0
      /// A person must approve before this stage.
      public var requiresApproval = false
    }
  }
}

extension ExperimentSpec {
  /// A path of the spec, relative to the spec's folder; absolute paths and `-` stay.
  public func resolved(_ path: String) -> String { SpecPath.resolved(path, in: directory) }

  /// A path as the spec would write it: relative to the spec's folder if it is in there.
  public func named(_ path: String) -> String { SpecPath.named(path, in: directory) }

  /// What an engine is asked to measure.
  public var measurementRequest: MeasurementRequest {
    var request = MeasurementRequest(
      files: SpecPath.files(data.files, in: directory), variantColumn: data.variantColumn, unitColumn: data.unitColumn,
      clusterColumn: data.clusterColumn, segmentColumns: data.segmentColumns, metrics: metrics,
      allowedBadRows: data.allowedBadRows)
    if let exposures = data.exposures {
      var source = ExposureSource(
        files: [resolved(exposures)], timeColumn: data.timeColumn ?? "timestamp",
        exposureTimeColumn: data.exposureTimeColumn, eventColumn: data.eventColumn ?? "event", timeZone: data.timeZone,
        includesImmature: data.includesImmature)
      source.asOf = data.asOf
      source.unitColumn = data.exposureUnitColumn
      source.attributeFiles = SpecPath.files(data.attributes, in: directory)
      request.exposures = source
    }
    request.timeColumn = data.timeColumn
    request.timeZone = data.timeZone
    return request
  }

  /// How the measurements are judged.
  public var analysisPlan: AnalysisPlan { analysisPlan(earlierUnits: []) }

  /// The plan at a later look: `earlierUnits`, all arms together, at the looks before it.
  public func analysisPlan(earlierUnits: [Int]) -> AnalysisPlan {
    var groupSequential = method.groupSequential
    groupSequential?.earlierUnits = earlierUnits
    var plan = AnalysisPlan(
      metrics: metrics, control: control, weights: allocation.weights, alpha: method.alpha,
      correction: method.correction, method: method.name, minimumUnits: decision.minimumUnitsPerVariant,
      plannedUnits: method.plannedUnits, groupSequential: groupSequential,
      requiresGuardrails: decision.requiresGuardrails, isFinal: data.isFinal,
      specHash: specHash)
    plan.gatekeeping = method.gatekeeping
    plan.minimumRuntime = decision.minimumRuntime
    plan.prior = method.prior
    plan.negligibleLift = method.negligibleLift
    return plan
  }
}

import Basics
import Foundation
import Statistics

/// From a question of design to its answer.
struct Designer {
  let spec: DesignSpec
  private let outcome: DesignOutcome
  private let design: ExperimentDesign
  private let margin: Double?
  private let name: DesignSpec.Hypothesis
  private let looks: PlannedLooks?
  private var notes: [String] = []

  init(_ spec: DesignSpec) throws {
    self.spec = spec
    outcome = try Self.outcome(spec)
    name = Self.hypothesis(spec)
    margin = try Self.margin(spec, name, outcome)
    var design = ExperimentDesign(
      outcome, test: spec.test, hypothesis: Self.hypothesis(spec, name, margin ?? 0), alpha: spec.alpha,
      split: try ArmSplit(control: spec.arms.first?.weight ?? 1, treatments: spec.arms.dropFirst().map(\.weight)))
    if case .guardrail = spec.metric.options.role, spec.hypothesis == nil, name == .nonInferior {
      design.alpha = spec.alpha / 2
      notes.append("The guardrail is judged by the two-sided interval, so the error on its side is alpha / 2.")
    }
    design.correction = spec.arms.count > 2 ? spec.correction : .none
    design.varianceExplained = try Self.varianceExplained(spec)
    design.clusters = try Self.clusters(spec)
    design.monitoring = spec.monitoring
    // Few clusters: the t law. Otherwise what `analyze` does.
    if design.clusters != nil, spec.test == nil { design.test = .welch }
    looks = try spec.looks.map { try PlannedLooks($0, design, power: spec.power ?? DesignSpec.usualPower) }
    if let looks { design.monitoring = .inflated(by: looks.inflation) }
    self.design = design
    addNotes()
  }

  // MARK: - The answer

  func result() throws -> DesignResult {
    let wanted = spec.power ?? DesignSpec.usualPower
    let effect = try self.effect()
    guard !(spec.units != nil && effect != nil && spec.power != nil) else { throw DesignSpecFault(.everythingGiven) }
    var result = blank(power: wanted)
    if let total = spec.clusterCount {
      guard let effect, spec.units == nil else { throw DesignSpecFault(.clusterSizeNeedsEffect) }
      try fixedClusters(total, effect, wanted, &result)
    } else if let effect {
      result.effect = effect
      if let units = spec.units {
        result.solved = "power"
        result.power = try power(units: units, effect: effect)
        result.looks = looks?.summary(power: result.power)
        result.units = shares(of: units)
      } else {
        result.solved = "units"
        result.units = self.units(try design.units(power: wanted, effect: effect))
      }
    } else if let units = spec.units {
      result.solved = "effect"
      result.effect = try design.effect(power: wanted, units: units, direction: direction)
      result.units = shares(of: units)
    } else if spec.traffic == nil {
      throw DesignSpecFault(.nothingGiven)
    }
    if case .relative(let lift) = spec.effect { result.lift = lift } else { result.lift = lift(result.effect) }
    try addRunLength(wanted, &result)
    return result
  }

  /// Nil where it is to be solved for. A margin hypothesis without another word assumes that there is no effect.
  private func effect() throws -> Double? {
    switch spec.effect {
    case .absolute(let effect): return effect
    case .relative(let lift):
      guard let baseline = outcome.baseline, baseline != 0 else { throw DesignSpecFault(.noRelative) }
      return lift * abs(baseline)
    case nil:
      let assumesNone = name == .nonInferior || name == .equivalent
      let isFree = (spec.units == nil && spec.traffic == nil) || spec.clusterCount != nil
      return assumesNone && isFree ? 0 : nil
    }
  }

  private func fixedClusters(_ total: Int, _ effect: Double, _ power: Double, _ result: inout DesignResult) throws {
    let size = try design.clusterSize(power: power, effect: effect, clusters: total)
    var sized = design
    if let clusters = design.clusters {
      sized.clusters = try ClusterDesign(
        size: size.rounded(.up), intraclassCorrelation: clusters.intraclassCorrelation,
        sizeVariation: clusters.sizeVariation)
    }
    let units = Double(total) * size.rounded(.up)
    result.solved = "clusterSize"
    result.effect = effect
    result.power = try self.power(sized, units: units, effect: effect)
    result.clusters = clusters(sized)
    result.units = shares(of: units)
  }

  private func power(
    _ design: ExperimentDesign? = nil, units: Double, effect: Double
  ) throws -> Double {
    var single = design ?? self.design
    guard let looks else { return try single.power(units: units, effect: effect) }
    single.monitoring = .once
    return looks.power(single: try single.power(units: units, effect: effect))
  }

  private func addRunLength(_ power: Double, _ result: inout DesignResult) throws {
    guard let traffic = spec.traffic else { return }
    let run = try RunLength(design, traffic: traffic, coverage: spec.coverage)
    if let units = result.units { result.days = try run.days(until: units.exact) }
    result.schedule = try run.effects(power: power, days: spec.days.sorted(), direction: direction)
  }

  // MARK: - Parts of the answer

  private func blank(power: Double) -> DesignResult {
    DesignResult(
      input: spec.history.map {
        DesignResult.Input(
          files: $0.files, rows: $0.rows, units: $0.moments.count, unreadableRows: $0.unreadableRows)
      },
      metric: DesignResult.MetricSummary(
        name: spec.metric.name, kind: spec.metric.kindName, role: spec.metric.options.role,
        direction: spec.metric.options.direction, baseline: outcome.baseline,
        standardDeviation: outcome.variances(effect: 0).control.squareRoot(),
        varianceExplained: design.varianceExplained),
      hypothesis: DesignResult.Hypothesis(
        name: name.rawValue, margin: margin, sides: design.hypothesis.isTwoSided ? 2 : 1),
      test: design.test.rawValue, alpha: design.alpha, correction: design.correction.rawValue, method: method,
      solved: "schedule", effect: nil, lift: nil, power: power, units: nil, clusters: clusters(design),
      looks: looks?.summary(power: power), days: nil,
      schedule: [], notes: notes, provenance: Analysis.Provenance())
  }

  private var method: String {
    switch design.monitoring {
    case .once: "fixed"
    case .alwaysValid: "sequential"
    case .inflated: "group-sequential"
    }
  }

  private func clusters(_ design: ExperimentDesign) -> DesignResult.Clusters? {
    design.clusters.map {
      DesignResult.Clusters(
        size: $0.size, intraclassCorrelation: $0.intraclassCorrelation, sizeVariation: $0.sizeVariation,
        designEffect: $0.designEffect)
    }
  }

  private func units(_ planned: PlannedUnits) -> DesignResult.Units {
    DesignResult.Units(
      exact: planned.exact, total: planned.total,
      arms: spec.arms.indices.map { arm in
        DesignResult.Units.Arm(
          name: spec.arms[arm].name, units: planned.arms[arm], clusters: planned.clusters?[arm])
      })
  }

  /// Given units, shared out by the weights; the arms' parts are rounded down, the rest goes to the first.
  private func shares(of total: Double) -> DesignResult.Units {
    let weight = spec.arms.reduce(0) { $0 + $1.weight }
    let whole = Int(min(total, 9e15))
    var parts = spec.arms.map { Int((Double(whole) * ($0.weight / weight)).rounded(.down)) }
    for place in parts.indices where parts.reduce(0, +) < whole { parts[place] += 1 }
    return DesignResult.Units(
      exact: total, total: whole,
      arms: zip(spec.arms, parts).map { DesignResult.Units.Arm(name: $0.name, units: $1, clusters: nil) })
  }

  private func lift(_ effect: Double?) -> Double? {
    guard let effect, let baseline = outcome.baseline, baseline != 0 else { return nil }
    return effect / abs(baseline)
  }

  private var direction: DesignHypothesis.Direction { spec.metric.options.direction == .up ? .up : .down }

  // MARK: - Reading the question

  private static func outcome(_ spec: DesignSpec) throws -> DesignOutcome {
    let kind = spec.metric.kindName
    let measured = try spec.history?.outcome(of: spec.metric)
    let baseline = spec.baseline ?? measured?.baseline
    if spec.treatmentStandardDeviation != nil, spec.metric.kindName != "mean" {
      throw DesignSpecFault(.notFor(option: "--treatment-sd", kind: kind))
    }
    switch spec.metric.kind {
    case .quantile: throw DesignSpecFault(.quantile)
    case .proportion:
      guard spec.standardDeviation == nil else { throw DesignSpecFault(.notFor(option: "--sd", kind: kind)) }
      guard spec.correlation == nil else { throw DesignSpecFault(.notFor(option: "--correlation", kind: kind)) }
      guard let baseline else { throw DesignSpecFault(.noBaseline(kind: kind)) }
      return try .proportion(baseline)
    case .mean:
      guard let deviation = spec.standardDeviation ?? measured.map({ $0.variances(effect: 0).control.squareRoot() })
      else { throw DesignSpecFault(.noDeviation(kind: kind)) }
      return try .mean(
        baseline: baseline, standardDeviation: deviation, treatmentStandardDeviation: spec.treatmentStandardDeviation)
    case .ratio:
      guard let baseline else { throw DesignSpecFault(.noBaseline(kind: kind)) }
      guard let deviation = spec.standardDeviation ?? measured.map({ $0.variances(effect: 0).control.squareRoot() })
      else { throw DesignSpecFault(.noDeviation(kind: kind)) }
      return try .ratio(baseline: baseline, unitVariance: deviation * deviation)
    }
  }

  private static func varianceExplained(_ spec: DesignSpec) throws -> Double {
    if let correlation = spec.correlation {
      guard correlation > -1, correlation < 1 else {
        throw DomainError("correlation with the covariate", correlation, "must be in (-1, 1)")
      }
      return correlation * correlation
    }
    return try min(spec.history?.varianceExplained(by: spec.metric) ?? 0, 1 - 1e-12)
  }

  private static func clusters(_ spec: DesignSpec) throws -> ClusterDesign? {
    if let clusters = spec.clusters { return clusters }
    guard let measured = spec.history?.clusters else {
      if spec.clusterCount != nil { throw DesignSpecFault(.clustersNeedCorrelation) }
      return nil
    }
    return try ClusterDesign(
      size: measured.meanSize, intraclassCorrelation: measured.intraclassCorrelation,
      sizeVariation: measured.sizeVariation)
  }

  private static func hypothesis(_ spec: DesignSpec) -> DesignSpec.Hypothesis {
    if let hypothesis = spec.hypothesis { return hypothesis }
    if spec.metric.options.role == .guardrail, spec.metric.options.margin != nil || spec.margin != nil {
      return .nonInferior
    }
    return spec.isOneSided ? .superior : .different
  }

  /// In the metric's unit; nil where the hypothesis has none.
  private static func margin(
    _ spec: DesignSpec, _ name: DesignSpec.Hypothesis, _ outcome: DesignOutcome
  ) throws -> Double? {
    let given = spec.margin ?? (name == .different ? nil : spec.metric.options.margin)
    if name == .different {
      guard spec.margin == nil else { throw DesignSpecFault(.marginNeedless) }
      return nil
    }
    switch given {
    case .absolute(let margin): return margin
    case .relative(let share):
      guard let baseline = outcome.baseline, baseline != 0 else { throw DesignSpecFault(.noRelative) }
      return share * abs(baseline)
    case nil:
      guard name == .superior else { throw DesignSpecFault(.marginMissing(name.rawValue)) }
      return 0
    }
  }

  private static func hypothesis(
    _ spec: DesignSpec, _ name: DesignSpec.Hypothesis, _ margin: Double
  ) -> DesignHypothesis {
    let better: DesignHypothesis.Direction = spec.metric.options.direction == .up ? .up : .down
    return switch name {
    case .different: .different
    case .superior: .superior(by: margin, better: better)
    case .nonInferior: .nonInferior(margin: margin, better: better)
    case .equivalent: .equivalent(margin: margin)
    }
  }

  // MARK: - Notes

  private mutating func addNotes() {
    if let history = spec.history {
      if history.missing > 0 {
        notes.append("\(history.missing) units of the past data have no value and are left out.")
      }
      if let cap = history.capValue { notes.append("Values above \(cap.readable) are counted as \(cap.readable).") }
    }
    if design.varianceExplained > 0 {
      notes.append(
        "Covariates explain \(shown(design.varianceExplained)) of the variance; the units are those of an adjusted analysis."
      )
    }
    if spec.arms.count > 2 {
      notes.append("The power is that of each comparison with \(spec.arms[0].name) alone.")
      if design.correction == .none {
        notes.append("Several comparisons at alpha each, not corrected: --correction bonferroni or dunnett corrects.")
      }
    }
    switch design.monitoring {
    case .once: break
    case .alwaysValid:
      notes.append("The power is that of the last look; earlier looks can only add to it.")
    case .inflated(let by):
      notes.append("The units are the maximum of a group-sequential design, \(shown(by)) times those of a single look.")
    }
    if let traffic = spec.traffic, traffic.exponent < 1 {
      notes.append(
        "Traffic levels off: beyond the observed days the different units grow as days to the power \(shown(traffic.exponent))."
      )
    }
  }

  private func shown(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

extension DesignResult {
  /// Solves a question of design.
  ///
  /// - Throws: `DesignSpecFault` for questions that do not fit together, `DesignFault` for those without an answer, which
  ///   says why, `DomainError` for values outside their domain.
  public init(_ spec: DesignSpec) throws { self = try Designer(spec).result() }
}

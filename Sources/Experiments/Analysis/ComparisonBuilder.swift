import Foundation
import Statistics

/// From an estimate to a comparison at a level: intervals, p-value, lift, guardrail.
struct ComparisonBuilder {
  let plan: AnalysisPlan
  let metric: Metric
  var look: GroupSequentialLook?

  func comparison(
    _ estimate: EffectEstimate, variant: String, segment: Segment?, level: ConfidenceLevel
  ) throws(DomainError) -> Analysis.Comparison {
    let belief =
      plan.method == .bayesian ? try PosteriorBuilder(estimate, plan: plan, metric: metric, level: level) : nil
    let effect = belief?.effect ?? estimate
    let inference = try Inference(effect, plan: plan, look: look, alpha: level.alpha)
    let (lift, liftNotes) = belief?.lift.map { ($0, []) } ?? self.lift(effect, critical: inference.critical)
    let bounds = inference.interval
    return Analysis.Comparison(
      variant: variant, segment: segment, control: arm(effect.control, effect.controlUnits),
      treatment: arm(effect.treatment, effect.treatmentUnits),
      difference: Analysis.Effect(
        estimate: effect.difference.value, standardError: effect.difference.standardError,
        lower: bounds.lower.ifFinite, upper: bounds.upper.ifFinite), lift: lift, test: inference.testName,
      statistic: inference.statistic,
      degreesOfFreedom: effect.law.degreesOfFreedom.isFinite ? effect.law.degreesOfFreedom : nil,
      pValue: inference.pValue, varianceReduction: effect.varianceReduction,
      guardrail: guardrail(effect, bounds), posterior: belief?.posterior,
      notes: effect.notes + liftNotes + (belief?.notes ?? []) + inference.notes + (try outlook(inference, segment)))
  }

  /// For a goal that a group-sequential look has not decided: whether it is worth going on.
  private func outlook(_ inference: Inference, _ segment: Segment?) throws(DomainError) -> [String] {
    guard metric.options.role == .goal, segment == nil, inference.pValue >= plan.alpha,
      let power = try look?.predictivePower(z: inference.statistic, alpha: plan.alpha)
    else { return [] }
    return [
      "Chance that a planned look to come rejects, given the data so far (predictive power): \(PosteriorBuilder.percentage(power))."
    ]
  }

  /// A comparison that cannot be computed: nothing but the reason.
  static func undefined(
    variant: String, segment: Segment?, units: (control: Int, treatment: Int), because reason: String
  ) -> Analysis.Comparison {
    Analysis.Comparison(
      variant: variant, segment: segment,
      control: Analysis.ArmEstimate(value: nil, standardError: nil, units: units.control),
      treatment: Analysis.ArmEstimate(value: nil, standardError: nil, units: units.treatment),
      difference: Analysis.Effect(estimate: nil, standardError: nil, lower: nil, upper: nil),
      lift: Analysis.Lift(estimate: nil, lower: nil, upper: nil, method: "undefined"), test: "none", statistic: nil,
      degreesOfFreedom: nil, pValue: nil, notes: [reason])
  }

  private func arm(_ estimate: Estimate, _ units: Int) -> Analysis.ArmEstimate {
    Analysis.ArmEstimate(value: estimate.value, standardError: estimate.standardError, units: units)
  }

  /// Delta method; Fieller where Finney's g = (critical · se / value)² of the control is 0.05 or more, for there the
  /// delta-method interval is too short.
  ///
  /// - Source: Finney, D. J. (1978), Statistical Method in Biological Assay, section 4.6 (g).
  private func lift(_ effect: EffectEstimate, critical: Double) -> (Analysis.Lift, [String]) {
    let control = effect.control
    guard control.value != 0 else {
      let lift = Analysis.Lift(estimate: nil, lower: nil, upper: nil, method: "undefined")
      return (lift, ["The lift is undefined: the control's value is 0."])
    }
    guard critical.isFinite else {
      return (
        Analysis.Lift(estimate: effect.difference.value / control.value, lower: nil, upper: nil, method: "undefined"),
        []
      )
    }
    // The treatment's value that goes with the (perhaps adjusted) difference.
    let controlVariance = control.standardError * control.standardError
    let covariance = effect.covarianceWithControl + controlVariance
    let variance =
      effect.difference.standardError * effect.difference.standardError + 2 * effect.covarianceWithControl
      + controlVariance
    let treatment = Estimate(control.value + effect.difference.value, standardError: max(0, variance).squareRoot())
    let estimate = effect.difference.value / control.value
    let g = critical * control.standardError / control.value
    if g * g < 0.05 {
      let half = critical * Lift.standardError(treatment: treatment, control: control, covariance: covariance)
      return (Analysis.Lift(estimate: estimate, lower: estimate - half, upper: estimate + half, method: "delta"), [])
    }
    switch Lift.fieller(treatment: treatment, control: control, covariance: covariance, critical: critical) {
    case .interval(let interval):
      let lift = Analysis.Lift(
        estimate: estimate, lower: interval.lower, upper: interval.upper, method: "fieller")
      return (lift, [])
    case .complement, .everything:
      let lift = Analysis.Lift(estimate: estimate, lower: nil, upper: nil, method: "fieller-unbounded")
      return (lift, ["The interval of the lift is unbounded: the control's value is not clearly different from 0."])
    }
  }

  /// Non-inferiority on the two-sided interval at level 1 - alpha, so each one-sided error is alpha / 2; not corrected for
  /// multiplicity. Without a margin a guardrail is crossed by a significant move in the worse direction, else held.
  private func guardrail(_ effect: EffectEstimate, _ interval: Interval) -> Analysis.Guardrail? {
    guard metric.options.role == .guardrail else { return nil }
    let margin: Double
    switch metric.options.margin {
    case .absolute(let value): margin = value
    case .relative(let share): margin = share * abs(effect.control.value)
    case nil: margin = 0
    }
    // Harm is a move down; a metric that is better when lower is mirrored.
    let harm =
      metric.options.direction == .up ? interval : Interval(-interval.upper, -interval.lower)
    let outcome: Analysis.Guardrail.Outcome
    if harm.upper < -margin {
      outcome = .crossed
    } else if harm.lower > -margin || metric.options.margin == nil {
      outcome = .held
    } else {
      outcome = .unclear
    }
    return Analysis.Guardrail(margin: margin, outcome: outcome)
  }
}

/// The method's answer at one level: how many standard errors the interval reaches, and the p-value.
struct Inference {
  let critical: Double
  let interval: Interval
  let statistic: Double
  let pValue: Double
  let testName: String
  let notes: [String]

  init(
    _ effect: EffectEstimate, plan: AnalysisPlan, look: GroupSequentialLook?, alpha: Double
  ) throws(DomainError) {
    let (estimate, error) = (effect.difference.value, effect.difference.standardError)
    statistic = estimate / error
    var notes: [String] = []
    let nominal = min(1, 2 * effect.law.survival(abs(statistic)))
    switch plan.method {
    case .fixed, .bayesian:
      critical = effect.law.inverseSurvival(alpha / 2)
      pValue = nominal
      testName = effect.test
    case .groupSequential:
      critical = effect.law.inverseSurvival((try look?.nominalLevel(alpha: alpha) ?? alpha) / 2)
      pValue = try look?.repeated(pValue: nominal) ?? nominal
      testName = effect.test + ", group-sequential"
      if !critical.isFinite {
        notes.append("This look spends too little of alpha to decide anything; no interval is given.")
      }
    case .sequential:
      let units = Double(effect.controlUnits + effect.treatmentUnits)
      // Without a plan the sequence is tuned for 5,000 units an arm, the field's usual default.
      let sequence = try AsymptoticConfidenceSequence(
        alpha: alpha, optimisedFor: plan.plannedUnits.map(Double.init) ?? 10_000)
      critical = sequence.halfWidth(standardError: 1, units: units)
      pValue = sequence.pValue(estimate: estimate, standardError: error, units: units)
      testName = effect.test + ", confidence sequence"
    }
    self.notes = notes
    interval = Interval(center: estimate, halfWidth: critical * error)
  }
}

extension Double {
  /// nil where there is no bound.
  var ifFinite: Double? { isFinite ? self : nil }
}

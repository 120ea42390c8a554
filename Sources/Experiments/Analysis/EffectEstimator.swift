import Basics
import Statistics

/// One metric, one treatment against the control, before any level or correction is chosen.
struct EffectEstimate {
  /// The arms as they are, unadjusted.
  var control: Estimate
  var treatment: Estimate
  var controlUnits: Int
  var treatmentUnits: Int
  var difference: Estimate
  var law: ReferenceLaw
  /// Covariance of the difference with the control's value, for the lift.
  var covarianceWithControl: Double
  var test: String
  var varianceReduction: Double?
  var notes: [String] = []
}

/// Chooses the estimator by the metric's kind.
struct EffectEstimator {
  let metric: Metric
  /// Moments are of cluster totals (see `MeasurementRequest.clusterColumn`).
  let isClustered: Bool

  /// - Throws: `DomainError` where the data do not allow an estimate.
  func estimate(
    treatment: Measurements.MetricData, control: Measurements.MetricData
  ) throws(DomainError) -> EffectEstimate {
    var effect: EffectEstimate
    switch metric.kind {
    case .proportion, .mean:
      effect =
        isClustered
        ? try ratio(treatment.moments, control.moments, covariates: metric.covariates.count)
        : try mean(treatment.moments, control.moments)
    case .ratio: effect = try ratio(treatment.moments, control.moments, covariates: metric.covariates.count)
    case .quantile(_, let probability): effect = try quantile(treatment, control, probability)
    }
    if isClustered { effect.test += ", clustered" }
    for (arm, data) in [("control", control), ("treatment", treatment)] {
      let (without, early) = (data.missing - (data.immature ?? 0), data.immature ?? 0)
      if without > 0 {
        effect.notes.append(
          "\(without) \(arm) \(without == 1 ? "unit has no value and is" : "units have no value and are") left out.")
      }
      if early > 0 {
        effect.notes.append(
          "\(early) \(arm) \(early == 1 ? "unit was" : "units were") not observed for long enough and left out.")
      }
    }
    effect.notes += cutNotes(control.cuts)
    if metric.options.missing == .zero { effect.notes.append("Empty values are counted as 0.") }
    return effect
  }

  /// Which values were pulled in, column by column where there are two.
  private func cutNotes(_ cuts: [Measurements.Cut]) -> [String] {
    zip(metric.columns, cuts).flatMap { column, cut in
      let values = cuts.count > 1 ? "Values of \(column)" : "Values"
      return [cut.high.map { ("above", $0.readable) }, cut.low.map { ("below", $0.readable) }].compactMap { $0 }
        .map { "\(values) \($0) \($1) are counted as \($1)." }
    }
  }

  private func mean(_ treatment: Moments, _ control: Moments) throws(DomainError) -> EffectEstimate {
    if case .proportion = metric.kind { return try proportion(treatment, control) }
    guard !metric.covariates.isEmpty else {
      let test = try WelchTTest(treatment, against: control)
      return effect(test, plain(treatment), plain(control), treatment, control, WelchTTest.name)
    }
    let test = try CUPED.mean(treatment: treatment, control: control, covariates: covariatePlaces(after: 1))
    return adjusted(test, plain(treatment), plain(control), treatment, control)
  }

  private func proportion(_ treatment: Moments, _ control: Moments) throws(DomainError) -> EffectEstimate {
    let test = try ProportionZTest(treatment: treatment, control: control)
    func share(_ arm: Moments) -> Estimate {
      let p = arm.mean[0]
      return Estimate(p, standardError: (p * (1 - p) / Double(arm.count)).squareRoot())
    }
    var result = effect(test, share(treatment), share(control), treatment, control, ProportionZTest.name)
    let smallest = min(rarest(treatment), rarest(control))
    if smallest < 5 {
      result.notes.append("Fewer than 5 successes or failures in an arm: the normal approximation is rough.")
    }
    return result
  }

  /// Successes or failures, whichever are fewer.
  private func rarest(_ arm: Moments) -> Double { min(arm.mean[0], 1 - arm.mean[0]) * Double(arm.count) }

  private func ratio(
    _ treatment: Moments, _ control: Moments, covariates: Int
  ) throws(DomainError) -> EffectEstimate {
    let test = try RatioTest(treatment: treatment, control: control)
    let (t, c) = (
      Estimate(test.treatment.value, standardError: test.treatment.standardError),
      Estimate(test.control.value, standardError: test.control.standardError)
    )
    guard covariates > 0 else { return effect(test, t, c, treatment, control, RatioTest.name) }
    let cuped = try CUPED.ratio(treatment: treatment, control: control, covariates: covariatePlaces(after: 2))
    var result = adjusted(cuped, t, c, treatment, control)
    result.test = "ratio z-test (delta method), CUPED"
    result.law = .normal
    return result
  }

  private func quantile(
    _ treatment: Measurements.MetricData, _ control: Measurements.MetricData, _ probability: Double
  ) throws(DomainError) -> EffectEstimate {
    func estimate(_ data: Measurements.MetricData, _ arm: String) throws(DomainError) -> QuantileEstimate {
      if let histogram = data.histogram { return try QuantileEstimate(histogram, probability: probability, arm: arm) }
      let sorted = data.sortedValues ?? []
      guard isClustered else { return try QuantileEstimate(sorted: sorted, probability: probability, arm: arm) }
      return try QuantileEstimate(
        values: sorted, clusters: data.clustersOfValues ?? [], probability: probability, arm: arm)
    }
    func units(_ data: Measurements.MetricData, _ estimate: QuantileEstimate) -> Int {
      isClustered ? Set(data.clustersOfValues ?? []).count : estimate.count
    }
    let (t, c) = (try estimate(treatment, "treatment"), try estimate(control, "control"))
    let test = try QuantileDifference(treatment: t, control: c)
    var effect = EffectEstimate(
      control: Estimate(c.value, standardError: c.standardError),
      treatment: Estimate(t.value, standardError: t.standardError), controlUnits: units(control, c),
      treatmentUnits: units(treatment, t),
      difference: Estimate(test.estimate, standardError: test.standardError), law: test.law,
      covarianceWithControl: -c.standardError * c.standardError, test: QuantileDifference.name)
    if treatment.histogram != nil || control.histogram != nil {
      effect.notes.append(
        "Of the values a histogram is kept, as there are more than "
          + "\(Measurements.MetricData.exactValues.grouped) in an arm: a quantile is at most 0.0015 % too near to 0.")
    }
    return effect
  }

  // MARK: - Assembling

  private func covariatePlaces(after first: Int) -> [Int] { metric.covariates.indices.map { first + $0 } }

  private func plain(_ arm: Moments) -> Estimate { Estimate(arm.mean[0], standardError: arm.standardError()) }

  private func effect(
    _ test: some HypothesisTest, _ t: Estimate, _ c: Estimate, _ treatment: Moments, _ control: Moments, _ name: String
  ) -> EffectEstimate {
    EffectEstimate(
      control: c, treatment: t, controlUnits: control.count, treatmentUnits: treatment.count,
      difference: Estimate(test.estimate, standardError: test.standardError), law: test.law,
      covarianceWithControl: -c.standardError * c.standardError, test: name)
  }

  private func adjusted(
    _ test: CUPED, _ t: Estimate, _ c: Estimate, _ treatment: Moments, _ control: Moments
  ) -> EffectEstimate {
    var result = effect(test, t, c, treatment, control, CUPED.name)
    result.covarianceWithControl = test.covarianceWithControl
    result.varianceReduction = test.varianceReduction
    let names = metric.covariates
    result.notes.append("The effect is adjusted for \(names.joined(separator: ", ")); the arms' values are not.")
    if !test.dropped.isEmpty {
      let dropped = test.dropped.map { names[$0] }.joined(separator: ", ")
      result.notes.append("Left out, for they are constant or follow from the other covariates: \(dropped).")
    }
    return result
  }
}

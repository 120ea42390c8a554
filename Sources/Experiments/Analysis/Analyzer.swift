import Basics
import Statistics

/// From measurements to an analysis.
///
/// The correction is over one family: every goal and secondary metric times every treatment. Guardrails are not corrected
/// (missing a harm is the error that matters there), and each segment column is a family of its own.
package struct Analyzer {
  let measurements: Measurements
  let plan: AnalysisPlan
  let isClustered: Bool
  private let level: ConfidenceLevel
  private let look: GroupSequentialLook?
  private let arms: [String]

  package init(_ measurements: Measurements, plan: AnalysisPlan, isClustered: Bool = false) throws {
    guard !plan.metrics.isEmpty else { throw AnalysisFault(.noMetrics) }
    var names: Set<String> = []
    for metric in plan.metrics where !names.insert(metric.name).inserted {
      throw AnalysisFault(.metricTwice(metric.name))
    }
    level = try ConfidenceLevel(alpha: plan.alpha)
    try plan.validateBeliefs()
    guard plan.gatekeeping == nil || plan.correction == .holm else {
      throw AnalysisFault(.gatekeepingBy(plan.correction.rawValue))
    }
    arms = measurements.arms.map(\.name)
    look = try GroupSequentialLook(plan, units: measurements.arms.reduce(0) { $0 + $1.units })
    guard let first = arms.first else { throw AnalysisFault(.noArms) }
    guard arms.count > 1 else { throw AnalysisFault(.oneArm(first)) }
    guard arms.contains(where: { $0.isExactly(plan.control) }) else {
      throw AnalysisFault(.unknownControl(plan.control, arms: arms))
    }
    self.measurements = measurements
    self.plan = plan
    self.isClustered = isClustered
  }

  package func analysis() throws -> Analysis {
    var metrics: [Analysis.MetricResult] = []
    for (index, metric) in plan.metrics.enumerated() {
      metrics.append(
        Analysis.MetricResult(
          name: metric.name, kind: metric.kindName, role: metric.options.role, direction: metric.options.direction,
          comparisons: try comparisons(of: metric, at: index)))
      metrics[index].heterogeneity = Analysis.Heterogeneity.tests(metrics[index].comparisons)
      if plan.method == .bayesian { metrics[index].ranking = Ranking.of(metrics[index], metric, control: plan.control) }
    }
    try requireSomething(metrics)
    try correct(&metrics)
    var result = Analysis(
      input: Analysis.Input(
        files: measurements.files, rows: measurements.rows, units: measurements.arms.reduce(0) { $0 + $1.units },
        unreadableRows: measurements.unreadableRows, observed: measurements.observed), control: plan.control,
      variants: measurements.arms.map { Analysis.VariantUnits(name: $0.name, units: $0.units, clusters: $0.clusters) },
      alpha: plan.alpha,
      correction: plan.correctionName, method: plan.method.rawValue,
      groupSequential: try look?.summary(alpha: plan.alpha),
      checks: try Checks(measurements: measurements, plan: plan).all(), metrics: metrics,
      decision: Analysis.Decision(outcome: .extend, variant: nil, reasons: []),
      provenance: Analysis.Provenance(seed: plan.seed, specHash: plan.specHash))
    result.decision = Decider(plan: plan).decision(for: result)
    return result
  }

  // MARK: - Comparisons

  private func comparisons(of metric: Metric, at index: Int) throws -> [Analysis.Comparison] {
    let estimator = EffectEstimator(metric: metric, isClustered: isClustered)
    let builder = ComparisonBuilder(plan: plan, metric: metric, look: look)
    var found: [Analysis.Comparison] = []
    for segment in segments {
      let cells = cellsByArm(segment)
      guard let control = cells[ExactText(plan.control)] else { continue }
      for arm in arms where !arm.isExactly(plan.control) {
        guard let treatment = cells[ExactText(arm)] else { continue }
        do throws(DomainError) {
          let effect = try estimator.estimate(treatment: treatment.metrics[index], control: control.metrics[index])
          found.append(try builder.comparison(effect, variant: arm, segment: segment, level: level))
        } catch {
          let early =
            notObserved(metric, at: index, [control, treatment])
            ?? nothingCounts(metric, at: index, [control, treatment])
          found.append(
            ComparisonBuilder.undefined(
              variant: arm, segment: segment, units: (control.units, treatment.units),
              because: early ?? error.sentence))
        }
      }
    }
    return found
  }

  /// That no unit of one of the arms was observed for long enough, if so.
  private func notObserved(_ metric: Metric, at index: Int, _ cells: [Measurements.Cell]) -> String? {
    guard let needed = metric.secondsObserved, let longest = measurements.exposure?.longestObserved,
      let cell = cells.first(where: { $0.units > 0 && $0.metrics[index].immature == $0.units })
    else { return nil }
    return "no unit of \(cell.arm) was observed for \(Durations.text(needed)), as the metric needs; the longest of all "
      + "for \(Durations.text(longest)). Shorten the window, wait, or count such units as they are (--include-immature)."
  }

  /// That all is 0 where a metric chooses among events, mostly because none is as it asks.
  private func nothingCounts(_ metric: Metric, at index: Int, _ cells: [Measurements.Cell]) -> String? {
    let (options, moments) = (metric.options, cells.map { $0.metrics[index].moments })
    guard measurements.exposure != nil, options.filter != nil || options.event != nil || metric.secondsObserved != nil,
      moments.allSatisfy({ $0.count > 0 && $0.mean.first == 0 && $0.variance(0) == 0 })
    else { return nil }
    let choice = [
      options.event.map { "event: \($0)" }, options.filter.map { "where: \($0)" },
      metric.secondsObserved.map { "within \(Durations.text($0)) of exposure" },
    ].compactMap { $0 }
    return "every unit's value is 0, of the events that count (\(choice.joined(separator: ", "))). Is there any?"
  }

  /// nil (all units), then the segments in the order of the cells.
  private var segments: [Segment?] {
    var seen: Set<Segment> = []
    return [nil] + measurements.cells.compactMap(\.segment).filter { seen.insert($0).inserted }
  }

  private func cellsByArm(_ segment: Segment?) -> [ExactText: Measurements.Cell] {
    let cells = measurements.cells.filter { $0.segment == segment }
    return Dictionary(cells.map { (ExactText($0.arm), $0) }) { first, _ in first }
  }

  private func requireSomething(_ metrics: [Analysis.MetricResult]) throws {
    var reasons: [String] = []
    for metric in metrics {
      let comparisons = metric.comparisons.filter { $0.segment == nil }
      guard comparisons.allSatisfy({ $0.pValue == nil }) else { return }
      for note in comparisons.flatMap(\.notes) {
        let reason = "\(metric.name): \(note)"
        if !reasons.contains(reason) { reasons.append(reason) }
      }
    }
    throw AnalysisFault(.nothingToCompute(reasons: Array(reasons.prefix(3))))
  }

  // MARK: - Correction

  private func correct(_ metrics: inout [Analysis.MetricResult]) throws {
    var families: [String: [Place]] = [:]
    for (m, metric) in metrics.enumerated() {
      for (c, comparison) in metric.comparisons.enumerated() where comparison.pValue != nil {
        let place = Place(metric: m, comparison: c)
        if metric.role == .guardrail {
          metrics[m].comparisons[c].adjustedPValue = comparison.pValue
        } else {
          families[comparison.segment?.column ?? "", default: []].append(place)
        }
      }
    }
    for family in families.values {
      if let gate = plan.gatekeeping {
        try correct(family, gate, in: &metrics)
      } else {
        try correct(family, in: &metrics)
      }
    }
  }

  private struct Place {
    let metric: Int
    let comparison: Int
  }

  private func correct(_ family: [Place], in metrics: inout [Analysis.MetricResult]) throws {
    let pValues = family.map { metrics[$0.metric].comparisons[$0.comparison].pValue ?? 1 }
    let adjusted = Multiplicity.adjust(pValues, by: plan.correction)
    let alphas = Multiplicity.intervalAlphas(pValues, by: plan.correction, alpha: plan.alpha)
    for (k, place) in family.enumerated() {
      var comparison = metrics[place.metric].comparisons[place.comparison]
      comparison.adjustedPValue = adjusted[k]
      if let alphas {
        comparison.adjustedInterval = try interval(of: comparison, alpha: alphas[k])
      } else {
        comparison.notes.append("No interval agrees with \(plan.correction.rawValue)-adjusted p-values; none is given.")
      }
      metrics[place.metric].comparisons[place.comparison] = comparison
    }
  }

  /// Goals first, then the secondary metrics.
  private func correct(
    _ family: [Place], _ gate: Gatekeeping.Gate, in metrics: inout [Analysis.MetricResult]
  ) throws {
    let ordered = [Metric.Role.goal, .secondary].map { role in family.filter { metrics[$0.metric].role == role } }
    let pValues = ordered.map { places in
      places.map { metrics[$0.metric].comparisons[$0.comparison].pValue ?? 1 }
    }
    let results = Gatekeeping.test(pValues, gate: gate, alpha: plan.alpha)
    for (place, result) in zip(ordered.joined(), results.joined()) {
      var comparison = metrics[place.metric].comparisons[place.comparison]
      comparison.adjustedPValue = result.adjustedPValue
      if let alpha = result.intervalAlpha { comparison.adjustedInterval = try interval(of: comparison, alpha: alpha) }
      if let reason = result.withheld { comparison.notes.append(reason) }
      metrics[place.metric].comparisons[place.comparison] = comparison
    }
  }

  private func interval(of comparison: Analysis.Comparison, alpha: Double) throws -> Analysis.Bounds? {
    guard let estimate = comparison.difference.estimate, let error = comparison.difference.standardError else {
      return nil
    }
    let law = comparison.degreesOfFreedom.map { ReferenceLaw.studentT(degreesOfFreedom: $0) } ?? .normal
    let effect = EffectEstimate(
      control: Estimate(0, standardError: 0), treatment: Estimate(0, standardError: 0),
      controlUnits: comparison.control.units, treatmentUnits: comparison.treatment.units,
      difference: Estimate(estimate, standardError: error), law: law, covarianceWithControl: 0, test: comparison.test)
    let bounds = try Inference(effect, plan: plan, look: look, alpha: alpha).interval
    return Analysis.Bounds(lower: bounds.lower.ifFinite, upper: bounds.upper.ifFinite)
  }
}

extension Analysis {
  /// Analyses measurements by a plan.
  ///
  /// - Parameters:
  ///   - measurements: what an engine measured for the plan's metrics, in their order.
  ///   - isClustered: whether the moments are of cluster totals.
  /// - Throws: `AnalysisFault` if there is nothing to compare or nothing can be computed; `DomainError` for a level outside
  ///   (0, 1). A single effect that cannot be computed is nil in the result, with the reason in its notes.
  public init(_ measurements: Measurements, plan: AnalysisPlan, isClustered: Bool = false) throws {
    self = try Analyzer(measurements, plan: plan, isClustered: isClustered).analysis()
  }
}

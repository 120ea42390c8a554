import Basics

/// The decision rule: from an analysis to what to do, with every reason.
///
/// 1. invalid: the sample ratio fails. 2. rollback: a guardrail is crossed. 3. extend: an arm has fewer units than the
/// minimum, the run is shorter than planned, a fixed-horizon run is not at its planned end, a sequential one is not and
/// nothing is significant, or a winner's guardrail is still unclear and no goal is worsened.
/// 4. ship: the arm with the best goal effect among those that improve a goal significantly (adjusted), worsen none
/// significantly, and hold every guardrail. 5. keep: otherwise.
struct Decider {
  let plan: AnalysisPlan

  func decision(for analysis: Analysis) -> Analysis.Decision {
    if let broken = analysis.checks.first(where: { $0.outcome == .fail }) {
      return .init(outcome: .invalid, variant: nil, reasons: ["The check \(broken.name) fails: \(broken.detail)"])
    }
    let crossed = guardrails(analysis, .crossed)
    let candidates = winners(analysis)
    let safe = candidates.filter { candidate in !crossed.contains { $0.variant.isExactly(candidate.variant) } }
    if !crossed.isEmpty, safe.isEmpty {
      let reasons = crossed.map { "The guardrail \($0.metric) is crossed in \($0.variant)." }
      return .init(outcome: .rollback, variant: analysis.control, reasons: reasons)
    }
    if let units = tooFew(analysis) { return .init(outcome: .extend, variant: nil, reasons: [units]) }
    if let short = tooShort(analysis) { return .init(outcome: .extend, variant: nil, reasons: [short]) }
    if let early = beforeItsTime(analysis) { return .init(outcome: .extend, variant: nil, reasons: [early]) }
    guard let best = safe.first else { return withoutWinner(analysis) }
    return withWinner(best, among: safe, analysis)
  }

  // MARK: - Cases

  private func withWinner(_ best: Winner, among winners: [Winner], _ analysis: Analysis) -> Analysis.Decision {
    if let harmed = harmedGoal(analysis, best.variant) {
      let reasons = ["\(best.variant) improves \(best.metric) but worsens \(harmed) significantly."]
      return .init(outcome: .keep, variant: analysis.control, reasons: reasons)
    }
    let unclear = guardrails(analysis, .unclear).filter { $0.variant.isExactly(best.variant) }
    if plan.requiresGuardrails, !unclear.isEmpty {
      let reasons = unclear.map {
        "\(best.variant) improves \(best.metric), but the interval of the guardrail \($0.metric) does not yet exclude its margin."
      }
      // A group-sequential run whose planned units are in has no alpha left for a later look.
      let isOver = plan.isFinal || analysis.groupSequential?.isFinal == true
      return .init(outcome: isOver ? .keep : .extend, variant: isOver ? analysis.control : nil, reasons: reasons)
    }
    var reasons = [
      "\(best.variant) improves \(best.metric)\(significance(best.pValue))."
    ]
    let others = winners.filter { $0.variant.isExactly(best.variant) && $0.metric != best.metric }.map(\.metric)
    if !others.isEmpty { reasons.append("It also improves \(others.joined(separator: ", ")).") }
    let held = guardrails(analysis, .held).filter { $0.variant.isExactly(best.variant) }.map(\.metric)
    if !held.isEmpty { reasons.append("Guardrails held: \(held.joined(separator: ", ")).") }
    if !unclear.isEmpty {
      reasons.append("Guardrails unclear, which the plan allows: \(unclear.map(\.metric).joined(separator: ", ")).")
    }
    return .init(outcome: .ship, variant: best.variant, reasons: reasons)
  }

  private func withoutWinner(_ analysis: Analysis) -> Analysis.Decision {
    let units = analysis.input.units
    if !plan.isFinal, plan.plannedUnits.map({ units < $0 }) ?? true {
      let planned = plan.plannedUnits.map { " of the planned \($0.grouped)" } ?? ""
      var reasons = [
        "No goal metric has changed significantly after \(units.grouped)\(planned) units; keep collecting."
      ]
      if let next = analysis.groupSequential?.nextUnits {
        reasons.append("The next look is planned at \(next.grouped) units.")
      }
      return .init(outcome: .extend, variant: nil, reasons: reasons)
    }
    return .init(
      outcome: .keep, variant: analysis.control, reasons: ["No variant improves a goal metric significantly."])
  }

  /// A fixed-horizon test is valid at one look, so nothing but harm is decided before its end.
  private func beforeItsTime(_ analysis: Analysis) -> String? {
    guard plan.method == .fixed, !plan.isFinal else { return nil }
    let units = analysis.input.units
    guard let planned = plan.plannedUnits else {
      return "A fixed-horizon test is read once, at its end: say when the data are final ('final: true' under 'data'), "
        + "or plan the number of units ('planned_units' under 'method')."
    }
    guard units < planned else { return nil }
    return
      "A fixed-horizon test is read once, at its end: \(units.grouped) of the planned \(planned.grouped) units are in."
  }

  private func tooFew(_ analysis: Analysis) -> String? {
    let counts = analysis.variants.map {
      ($0.name, count: $0.clusters ?? $0.units, $0.clusters == nil ? "units" : "clusters")
    }
    guard let (name, count, noun) = counts.min(by: { $0.count < $1.count }), count < plan.minimumUnits else {
      return nil
    }
    return "\(name) has \(count.grouped) \(noun); the plan wants at least \(plan.minimumUnits.grouped) in each arm."
  }

  /// The time that a run must last at least, from the first exposure to the latest time in the data.
  private func tooShort(_ analysis: Analysis) -> String? {
    guard let wanted = plan.minimumRuntime, !plan.isFinal else { return nil }
    let days = { (seconds: Double) in "\((seconds / 8640).rounded() / 10) days" }
    guard let observed = analysis.input.observed else {
      return "The plan wants a run of \(days(wanted)), but nothing says how long this one is: name the column of times."
    }
    let length = Double(observed.until) - Double(observed.from)
    guard length < wanted else { return nil }
    return "The run is \(days(length)) long; the plan wants at least \(days(wanted))."
  }

  // MARK: - Reading the analysis

  private struct Winner {
    let variant: String
    let metric: String
    let pValue: Double
    /// How many standard errors in the good direction.
    let strength: Double
  }

  /// Treatments that improve a goal metric significantly, best first. Without a goal metric nothing can win.
  private func winners(_ analysis: Analysis) -> [Winner] {
    analysis.metrics.filter { $0.role == .goal }.flatMap { metric in
      metric.comparisons.compactMap { one -> Winner? in
        guard one.segment == nil, let p = one.adjustedPValue, p < analysis.alpha, let good = gain(one, metric), good > 0
        else { return nil }
        return Winner(variant: one.variant, metric: metric.name, pValue: p, strength: good)
      }
    }.sorted { ($0.strength, $1.variant) > ($1.strength, $0.variant) }
  }

  private func harmedGoal(_ analysis: Analysis, _ variant: String) -> String? {
    analysis.metrics.first { metric in
      metric.role == .goal
        && metric.comparisons.contains { one in
          one.segment == nil && one.variant.isExactly(variant) && (one.adjustedPValue ?? 1) < analysis.alpha
            && (gain(one, metric) ?? 0) < 0
        }
    }?.name
  }

  /// The effect in standard errors, positive where it is good.
  private func gain(_ comparison: Analysis.Comparison, _ metric: Analysis.MetricResult) -> Double? {
    comparison.statistic.map { metric.direction == .up ? $0 : -$0 }
  }

  private func guardrails(
    _ analysis: Analysis, _ outcome: Analysis.Guardrail.Outcome
  ) -> [(metric: String, variant: String)] {
    analysis.metrics.filter { $0.role == .guardrail }.flatMap { metric in
      metric.comparisons.filter { $0.segment == nil && $0.guardrail?.outcome == outcome }.map {
        (metric.name, $0.variant)
      }
    }
  }

  private func significance(_ p: Double) -> String {
    let word = plan.correction == .none ? "p" : "adjusted p"
    return p < 0.001 ? " (\(word) < 0.001)" : " (\(word) = \((p * 1000).rounded() / 1000))"
  }
}

import Experiments

extension Report {
  /// One row a comparison, RFC 4180, full precision; an undefined number is an empty field.
  public static func csv(_ analysis: Analysis) -> String {
    var csv = CSVText(header: [
      "metric", "kind", "role", "direction", "variant", "segment_column", "segment_value", "control_units",
      "control_value", "control_standard_error", "treatment_units", "treatment_value", "treatment_standard_error",
      "difference", "difference_standard_error", "difference_lower", "difference_upper", "lift", "lift_lower",
      "lift_upper", "lift_method", "test", "statistic", "degrees_of_freedom", "p_value", "adjusted_p_value",
      "adjusted_lower", "adjusted_upper", "variance_reduction", "guardrail_margin", "guardrail_outcome", "alpha",
      "decision", "notes", "posterior_mean", "posterior_standard_deviation", "chance_to_win",
      "expected_loss_treatment", "expected_loss_control",
    ])
    for metric in analysis.metrics {
      for comparison in metric.comparisons { csv.add(row(analysis, metric, comparison)) }
    }
    return csv.text
  }

  private static func row(
    _ analysis: Analysis, _ metric: Analysis.MetricResult, _ comparison: Analysis.Comparison
  ) -> [String] {
    func arm(_ arm: Analysis.ArmEstimate) -> [String] {
      [CSVText.number(arm.units), CSVText.number(arm.value), CSVText.number(arm.standardError)]
    }
    let difference = comparison.difference
    let lift = comparison.lift
    var row = [
      metric.name, metric.kind, metric.role.rawValue, metric.direction.rawValue, comparison.variant,
      comparison.segment?.column ?? "", comparison.segment.map { $0.rest == nil ? $0.value : $0.label } ?? "",
    ]
    row += arm(comparison.control) + arm(comparison.treatment)
    row += [difference.estimate, difference.standardError, difference.lower, difference.upper].map(CSVText.number)
    row += [lift.estimate, lift.lower, lift.upper].map(CSVText.number) + [lift.method, comparison.test]
    row += [
      comparison.statistic, comparison.degreesOfFreedom, comparison.pValue, comparison.adjustedPValue,
      comparison.adjustedInterval?.lower, comparison.adjustedInterval?.upper, comparison.varianceReduction,
      comparison.guardrail?.margin,
    ].map(CSVText.number)
    row += [
      comparison.guardrail?.outcome.rawValue ?? "", CSVText.number(analysis.alpha),
      analysis.decision.outcome.rawValue, comparison.notes.joined(separator: " "),
    ]
    let posterior = comparison.posterior
    row += [
      posterior?.mean, posterior?.standardDeviation, posterior?.chanceToWin, posterior?.expectedLoss.treatment,
      posterior?.expectedLoss.control,
    ].map(CSVText.number)
    return row
  }
}

import Statistics

/// Which arm is the best, from independent normal posteriors of the arms' own values under flat priors.
enum Ranking {
  /// Nil where the arms' values are not what the effects are made of (covariates), or an arm has none.
  static func of(_ result: Analysis.MetricResult, _ metric: Metric, control: String) -> [Analysis.Rank]? {
    let whole = result.comparisons.filter { $0.segment == nil }
    guard metric.covariates.isEmpty, let first = whole.first else { return nil }
    let arms = [(name: control, estimate: first.control)] + whole.map { (name: $0.variant, estimate: $0.treatment) }
    let sign = metric.options.direction == .up ? 1.0 : -1.0
    var posteriors: [NormalPosterior] = []
    for arm in arms {
      guard let value = arm.estimate.value, let error = arm.estimate.standardError,
        let posterior = try? NormalPosterior(mean: sign * value, standardDeviation: error)
      else { return nil }
      posteriors.append(posterior)
    }
    let (best, losses) = (BestArm.probabilities(posteriors), BestArm.expectedLosses(posteriors))
    return arms.indices.map {
      Analysis.Rank(variant: arms[$0].name, probabilityBest: best[$0], expectedLoss: losses[$0])
    }
  }
}

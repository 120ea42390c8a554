extension GroupSequentialDesign {
  /// P(reject at this look or an earlier one, given what is known): one entry for each look that is still to come.
  ///
  /// - Parameters:
  ///   - look: the look that `z` was seen at, 1-based; at it the test went on.
  ///   - drift: the drift that is assumed from here on.
  /// - Throws: `DomainError` unless a look is still to come.
  /// - Source: Lan, K. K. G., Simon, R. and Halperin, M. (1982), "Stochastically curtailed tests in long-term clinical
  ///   trials", Sequential Analysis 1, pp. 207-219; Jennison and Turnbull (2000), section 10.2.
  /// - Checked against: rpact, Datasets/References/group-sequential-inference.json, relative 1e-8.
  public func conditionalPower(look: Int, z: Double, drift: Double) throws(DomainError) -> [Double] {
    guard drift.isFinite else { throw DomainError("drift", drift, "must be finite") }
    return try rejection(after: look, z: z, drift: drift, variance: 0)
  }

  /// Conditional power averaged over what is believed about the drift at the look: its posterior.
  ///
  /// With drift ~ N(m, v) at information t, the score's increments X(s), shrunk to X(s) / (1 + v s), have independent
  /// increments in the time s / (1 + v s) and drift m there, so that one recursion gives the average exactly.
  /// - Parameters:
  ///   - priorMean: expected drift before the test.
  ///   - priorStandardDeviation: infinite for a flat prior.
  /// - Source: Spiegelhalter, D. J., Freedman, L. S. and Blackburn, P. R. (1986), "Monitoring clinical trials: conditional
  ///   or predictive power?", Controlled Clinical Trials 7, pp. 8-17; Jennison and Turnbull (2000), section 10.3.
  public func predictivePower(
    look: Int, z: Double, priorMean: Double = 0, priorStandardDeviation: Double = .infinity
  ) throws(DomainError) -> [Double] {
    guard priorStandardDeviation > 0 else {
      throw DomainError("standard deviation of the prior", priorStandardDeviation, "must be positive")
    }
    guard priorMean.isFinite else { throw DomainError("mean of the prior", priorMean, "must be finite") }
    try require(look: look, z: z)
    let t = informationFractions[look - 1]
    let priorPrecision = 1 / (priorStandardDeviation * priorStandardDeviation)
    let variance = 1 / (t + priorPrecision)
    let mean = (z * t.squareRoot() + (priorPrecision == 0 ? 0 : priorMean * priorPrecision)) * variance
    return try rejection(after: look, z: z, drift: mean, variance: variance)
  }

  private func rejection(
    after look: Int, z: Double, drift: Double, variance: Double
  ) throws(DomainError) -> [Double] {
    try require(look: look, z: z)
    guard look < looks else { throw DomainError("look", Double(look), "must be one before the last (\(looks))") }
    guard z.isFinite else { throw DomainError("z-statistic", z, "must be finite") }
    let (t, score) = (informationFractions[look - 1], z * informationFractions[look - 1].squareRoot())
    let coming = look..<looks
    let clock = coming.map { k in
      let gained = informationFractions[k] - t
      return gained / (1 + variance * gained)
    }
    func remaining(_ bound: Double, _ k: Int) -> Double {
      let gained = informationFractions[k] - t
      let distance = (bound * informationFractions[k].squareRoot() - score) / (1 + variance * gained)
      return distance / clock[k - look].squareRoot()
    }
    let rest = GroupSequentialBoundary(
      unchecked: clock, upper: coming.map { remaining(boundary.upper[$0], $0) },
      lower: coming.map { remaining(boundary.lower[$0], $0) })
    let exits = rest.exitProbabilities(drift: drift)
    var sum = 0.0
    return exits.upper.indices.map { k in
      sum += exits.upper[k] + (sides == .two ? exits.lower[k] : 0)
      return sum
    }
  }
}

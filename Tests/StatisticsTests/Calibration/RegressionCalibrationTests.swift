import Foundation
import Statistics
import TestSupport
import Testing

/// Coverage of robust standard errors over simulated experiments.
@Suite struct RegressionCalibrationTests {
  /// 40 units, errors whose spread grows with the covariate: HC3 covers, HC0 is short of it, as MacKinnon and White (1985) say.
  @Test func heteroscedasticErrors() throws {
    var generator = SeededGenerator(seed: 201)
    var (hc0, hc2, hc3) = (ErrorRate(), ErrorRate(), ErrorRate())
    for _ in 0..<2000 {
      let x = (0..<40).map { _ in 3 * generator.uniform() }
      let y = x.map { 1 + 2 * $0 + (0.3 + $0) * generator.normal() }
      let fit = try LeastSquares(columns: [[Double](repeating: 1, count: 40), x], response: y)
      let law = ReferenceLaw.studentT(degreesOfFreedom: 38)
      func covers(_ kind: LeastSquares.CovarianceKind) -> Bool {
        guard let slope = fit.coefficients[1], let error = fit.standardErrors(kind)[1] else { return false }
        return abs(slope - 2) <= law.inverseSurvival(0.025) * error
      }
      hc0.add(covers(.hc0))
      hc2.add(covers(.hc2))
      hc3.add(covers(.hc3))
    }
    hc3.expect(0.95, slack: 0.015, "HC3")
    #expect(hc0.count < hc2.count && hc2.count < hc3.count)
  }

  /// Twelve clusters of unequal size, arms by cluster: CR2 with Satterthwaite's degrees covers, CR0 with the normal law does not.
  @Test func fewClusters() throws {
    var generator = SeededGenerator(seed: 202)
    var (satterthwaite, naive) = (ErrorRate(), ErrorRate())
    for _ in 0..<1500 {
      var (y, arm, cluster): ([Double], [Double], [Int]) = ([], [], [])
      for c in 0..<12 {
        let level = generator.normal()
        for _ in 0..<(3 + 2 * (c % 4)) {
          y.append(level + 0.5 * Double(c % 2) + generator.normal())
          arm.append(Double(c % 2))
          cluster.append(c)
        }
      }
      let fit = try LeastSquares(columns: [[Double](repeating: 1, count: y.count), arm], response: y)
      let effect = try #require(fit.coefficients[1])
      let (cr2, cr0) = (
        try fit.standardErrors(clusters: cluster)[1], try fit.standardErrors(clusters: cluster, .cr0)[1]
      )
      let df = try fit.clusterDegreesOfFreedom(clusters: cluster)[1]
      let law = ReferenceLaw.studentT(degreesOfFreedom: try #require(df))
      satterthwaite.add(abs(effect - 0.5) <= law.inverseSurvival(0.025) * (try #require(cr2)))
      naive.add(abs(effect - 0.5) <= 1.959963984540054 * (try #require(cr0)))
    }
    satterthwaite.expect(0.95, slack: 0.01, "CR2")
    #expect(naive.count < 1380, "CR0 with the normal law covers \(naive.count) of 1500")
  }

  /// Lin's regression with effects that depend on the covariate; arms of 60 and 120.
  @Test func regressionAdjustment() throws {
    var generator = SeededGenerator(seed: 203)
    var (covered, rejected) = (ErrorRate(), ErrorRate())
    for _ in 0..<1500 {
      let x = (0..<180).map { _ in generator.exponential() }
      let treated = (0..<180).map { $0 % 3 == 0 }
      let noise = x.map { 2 * $0 + generator.normal() }
      // The covariate has mean 1: an average effect of 0.4.
      let y = zip(zip(noise, x), treated).map { $0.0 + ($1 ? 0.4 * $0.1 : 0) }
      // The estimand is the sample's own average effect.
      let truth = 0.4 * x.reduce(0, +) / 180
      covered.add(
        try RegressionAdjustment(response: y, treated: treated, covariates: [x]).interval().contains(truth))
      rejected.add(
        try RegressionAdjustment(response: noise, treated: treated, covariates: [x]).pValue() < 0.05)
    }
    covered.expect(0.95, slack: 0.01, "Lin")
    rejected.expect(0.05, slack: 0.01, "Lin under the null")
  }
}

import Basics
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct DunnettTests {
  @Test(
    "Gauss-Legendre quadrature, scipy, multcomp",
    arguments: try References.cases("multiple-testing", function: "dunnettCritical"))
  func critical(_ one: ReferenceCase) throws {
    let sizes = (one.input["sizes"]?.array ?? []).compactMap(\.double)
    let law = try Dunnett(
      controlUnits: sizes[0], treatmentUnits: Array(sizes.dropFirst()),
      degreesOfFreedom: one.input["df"]?.double ?? .infinity)
    let level = try ConfidenceLevel(alpha: #require(one.input["alpha"]?.double))
    expectClose(law.critical(level), try #require(one.expected["twoSided"]?.double), relative: one.tolerance)
    expectClose(law.critical(level, .greater), try #require(one.expected["oneSided"]?.double), relative: one.tolerance)
  }

  /// One treatment: Student's t, however far in the tail.
  @Test(arguments: [0.3, 2, 8, 30], [1.5, 6, 40, 1e4, 1e7]) func oneTreatment(t: Double, degrees: Double) throws {
    let law = try Dunnett(controlUnits: 7, treatmentUnits: [3], degreesOfFreedom: degrees)
    let student = try StudentT(degreesOfFreedom: degrees)
    expectClose(law.adjustedPValue(t), 2 * student.survival(t), relative: 1e-9, absolute: 1e-290)
    expectClose(law.adjustedPValue(t, .greater), student.survival(t), relative: 1e-9, absolute: 1e-290)
    expectClose(law.adjustedPValue(t, .less), student.cdf(t), relative: 1e-12)
  }

  /// Two treatments, known variance, one-sided: 1 - Φ₂(c, c; λ₁λ₂), by the bivariate normal law.
  @Test(arguments: [(1.0, 1.0), (0.1, 3), (20, 5)]) func twoTreatments(variances: (Double, Double)) throws {
    let law = try Dunnett(controlVariance: 1, treatmentVariances: [variances.0, variances.1])
    let rho = 1 / ((1 + variances.0) * (1 + variances.1)).squareRoot()
    let joint = try BivariateNormal(correlation: rho)
    for c in [-1, 0.5, 2, 3] {
      expectClose(law.adjustedPValue(c, .greater), 1 - joint.cdf(c, c), relative: 1e-11)
    }
  }

  /// A control without error: independent statistics, 1 - (1 - p)^k. All of the error in the control: one statistic.
  @Test func limits() throws {
    let independent = try Dunnett(controlVariance: 1e-14, treatmentVariances: [1, 1, 1])
    let p = 2 * Normal.standard.survival(2)
    expectClose(independent.adjustedPValue(2), 1 - pow(1 - p, 3), relative: 1e-9)
    let shared = try Dunnett(controlVariance: 1, treatmentVariances: [1e-6, 1e-6, 1e-6])
    expectClose(shared.adjustedPValue(2), p, relative: 5e-3)
    #expect(shared.adjustedPValue(2) > p)
    // In the far tail the three p-values add up.
    let far = try Dunnett(controlUnits: 10, treatmentUnits: [10, 10, 10], degreesOfFreedom: .infinity)
    expectClose(far.adjustedPValue(25), 6 * Normal.standard.survival(25), relative: 1e-6)
  }

  /// Both ways to integrate, where both can be used.
  @Test(arguments: [[0.1, 1], [1e-2, 3, 0.5], [1e-3, 2e-3], [4e-4, 1]]) func panelsAndTrapezoidsAgree(
    variances: [Double]
  ) throws {
    let law = try Dunnett(controlVariance: 1, treatmentVariances: variances)
    for c in [-1, 0, 0.7, 2, 3.5, 12] {
      for twoSided in [true, false] where c >= 0 || !twoSided {
        let reach = 9 + max(0, c)
        expectClose(
          law.unionByPanels(
            beyond: c, twoSided: twoSided, reach: reach, narrowest: variances.reduce(1, min).squareRoot()),
          law.unionByTrapezoids(beyond: c, twoSided: twoSided, reach: reach), relative: 1e-12)
      }
    }
  }

  /// A treatment whose mean has hardly any error beside the control's; several of them are one test.
  @Test(arguments: [1e-5, 1e-10, 1e-40, 1e-300]) func aControlOfNearlyAllError(variance: Double) throws {
    let alone = try Dunnett(controlVariance: 1, treatmentVariances: [variance])
    let several = try Dunnett(controlVariance: 1, treatmentVariances: [variance, 2 * variance, variance])
    let p = 2 * Normal.standard.survival(2)
    expectClose(alone.adjustedPValue(2), p, relative: 1e-12)
    // The greatest of three own deviations adds at most 0.85 √(2 variance) to the shared one.
    let most = 2 * Normal.standard.survival(2 - 0.85 * (2 * variance).squareRoot())
    #expect(several.adjustedPValue(2) >= p * (1 - 1e-12) && several.adjustedPValue(2) <= most * (1 + 1e-12))
    expectClose(several.critical(), Normal.standard.inverseSurvival(0.025), relative: 3 * variance.squareRoot() + 1e-10)
    let student = try Dunnett(
      controlVariance: 1, treatmentVariances: [variance, 2 * variance], degreesOfFreedom: 9)
    let t = try StudentT(degreesOfFreedom: 9)
    expectClose(student.adjustedPValue(2), 2 * t.survival(2), relative: 3 * variance.squareRoot() + 1e-9)
  }

  /// A law so wide that no number is beyond it often enough.
  @Test func fewestDegreesOfFreedom() throws {
    let law = try Dunnett(controlVariance: 1, treatmentVariances: [1, 1], degreesOfFreedom: 1e-300)
    #expect(law.critical() > 1e100)
    #expect(law.adjustedPValue(2) <= 1)
  }

  @Test func pValueAndIntervalAgree() throws {
    var generator = SeededGenerator(seed: 101)
    let level = ConfidenceLevel.ninetyFive
    for round in 0..<60 {
      func arm(_ n: Int, _ mean: Double) -> Moments {
        Moments(columns: [(0..<n).map { _ in mean + generator.normal() }])
      }
      let test = try DunnettTest(
        treatments: [arm(6, 0), arm(9, 1), arm(4, 1.5)], control: arm(5 + round % 7, 0))
      for alternative in Alternative.allCases {
        for (p, interval) in zip(test.adjustedPValues(alternative), test.intervals(level, alternative)) {
          #expect((p < 0.05) == !interval.contains(0))
        }
      }
    }
  }

  /// Four equal arms of unequal size: any of three differences significant in 5 % of the rounds; all intervals hold 0 in
  /// the others. Four standard errors.
  @Test func familyWiseErrorRate() throws {
    var generator = SeededGenerator(seed: 103)
    let law = try Dunnett(controlUnits: 8, treatmentUnits: [5, 12, 6], degreesOfFreedom: 27)
    let (two, one) = (law.critical(), law.critical(.ninetyFive, .greater))
    let rounds = 20_000
    var wrong = (two: 0, one: 0)
    for _ in 0..<rounds {
      func arm(_ n: Int) -> Moments { Moments(columns: [(0..<n).map { _ in generator.normal() }]) }
      let test = try DunnettTest(treatments: [arm(5), arm(12), arm(6)], control: arm(8))
      if test.statistics.contains(where: { abs($0) > two }) { wrong.two += 1 }
      if test.statistics.contains(where: { $0 > one }) { wrong.one += 1 }
    }
    for count in [wrong.two, wrong.one] { #expect(abs(Double(count) / Double(rounds) - 0.05) < 4 * 0.00154) }
  }

  @Test func refusals() {
    #expect(throws: DomainError.self) { try Dunnett(controlVariance: 1, treatmentVariances: []) }
    #expect(throws: DomainError.self) { try Dunnett(controlVariance: 0, treatmentVariances: [1]) }
    #expect(throws: DomainError.self) { try Dunnett(controlUnits: 5, treatmentUnits: [5, -1], degreesOfFreedom: 3) }
    #expect(throws: DomainError.self) {
      try DunnettTest(treatments: [Moments(columns: [[1]])], control: Moments(columns: [[2]]))
    }
  }
}

import Foundation
import Statistics
import TestSupport
import Testing

/// Repeated and stagewise intervals and p-values: what must agree with what.
@Suite struct GroupSequentialInferenceTests {
  typealias Design = GroupSequentialDesign
  static let families: [Design.Efficacy] = [
    .spending(.lanDeMetsOBrienFleming), .spending(.lanDeMetsPocock), .spending(.hwangShihDeCani(gamma: -2)),
    .spending(.kimDeMets(rho: 2)), .pocock, .obrienFleming, .wangTsiatis(delta: 0.25),
  ]

  /// The repeated p-value is at most alpha exactly where the look rejects, which is where the interval excludes 0.
  @Test(arguments: families) func repeatedPValueAndBoundAgree(family: Design.Efficacy) throws {
    for sides in [Design.Sides.one, .two] {
      let design = try Design(looks: 3, alpha: 0.05, sides: sides, efficacy: family)
      for look in 1...3 {
        let bound = design.boundary.upper[look - 1]
        let at = try #require(try design.repeatedPValue(look: look, z: bound))
        expectClose(at, 0.05, relative: 1e-9)
        var last = 1.0
        for z in stride(from: 1.8, through: 7, by: 0.2) {
          guard let p = try design.repeatedPValue(look: look, z: z) else { continue }
          #expect(p <= last)
          #expect((p <= 0.05) == (z >= bound))
          let interval = try design.repeatedInterval(look: look, estimate: z, standardError: 1)
          #expect((interval.lower > 0) == (z > bound))
          if sides == .two { #expect(try design.repeatedPValue(look: look, z: -z) == p) }
          last = p
        }
      }
    }
  }

  /// Haybittle-Peto has a repeated p-value at its last look only.
  @Test func haybittlePeto() throws {
    let design = try Design(looks: 3, alpha: 0.05, efficacy: .haybittlePeto(interim: 3))
    #expect(try design.repeatedPValue(look: 1, z: 3.5) == nil)
    let p = try #require(try design.repeatedPValue(look: 3, z: design.boundary.upper[2]))
    expectClose(p, 0.05, relative: 1e-10)
  }

  /// Far out, a p-value is still a number and small.
  @Test func farTails() throws {
    let design = try Design(looks: 4, alpha: 0.05, efficacy: .spending(.lanDeMetsOBrienFleming))
    let p = try #require(try design.repeatedPValue(look: 2, z: 12))
    // Barely above the unadjusted p-value at the look's share of the information.
    #expect(p > 0 && p < 1e-15)
    let final = try design.stagewiseInference(look: 1, z: 12, confidence: .ninetyFive)
    expectClose(final.pValue, 2 * Normal.standard.survival(12), relative: 1e-10)
  }

  /// At the first look, and with one look, stagewise inference is the fixed test's.
  @Test func firstLookIsTheFixedTest() throws {
    let design = try Design(looks: 3, alpha: 0.05, efficacy: .pocock)
    let z = 2.9
    let final = try design.stagewiseInference(look: 1, z: z, confidence: .ninetyFive)
    // Drift is z / √t, its standard error 1 / √t.
    let unit = 3.0.squareRoot()
    expectClose(final.medianUnbiased, z * unit, relative: 1e-10)
    expectClose(final.interval.lower, (z - 1.959_963_984_540_054) * unit, relative: 1e-10)
    expectClose(final.interval.upper, (z + 1.959_963_984_540_054) * unit, relative: 1e-10)
    expectClose(final.scaled(by: 0.1).medianUnbiased, final.medianUnbiased / 10, relative: 1e-15)
  }

  /// The p-value at the last bound is alpha: stagewise ordering agrees with the test; mirrored results mirror.
  @Test func pValueAgreesWithTheTest() throws {
    let design = try Design(looks: 4, alpha: 0.05, efficacy: .spending(.lanDeMetsPocock))
    let at = try design.stagewiseInference(look: 4, z: design.boundary.upper[3], confidence: .ninetyFive)
    expectClose(at.pValue, 0.05, relative: 1e-10)
    expectClose(at.interval.lower, 0, relative: 0, absolute: 1e-9)
    let mirrored = try design.stagewiseInference(look: 4, z: -design.boundary.upper[3], confidence: .ninetyFive)
    expectClose(mirrored.pValue, at.pValue, relative: 1e-10)
    expectClose(mirrored.medianUnbiased, -at.medianUnbiased, relative: 1e-9)
    expectClose(mirrored.interval.lower, -at.interval.upper, relative: 1e-9)
  }

  /// After an early stop the naive estimate is too far out; the median-unbiased one is nearer to 0.
  @Test func shrinks() throws {
    let design = try Design(looks: 5, alpha: 0.05, efficacy: .pocock)
    for look in 2...5 {
      let z = design.boundary.upper[look - 1] + 0.1
      let final = try design.stagewiseInference(look: look, z: z, confidence: .ninetyFive)
      let naive = z / design.informationFractions[look - 1].squareRoot()
      #expect(final.medianUnbiased < naive)
      #expect(final.medianUnbiased > 0)
      #expect(final.interval.contains(final.medianUnbiased))
    }
  }
}

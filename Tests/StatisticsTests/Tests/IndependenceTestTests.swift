import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct IndependenceTestTests {
  @Test("scipy 1.x chi2_contingency(table, correction=False)")
  func chiSquared() throws {
    let square = try IndependenceTest([[30, 20], [15, 35]])
    expectClose(square.statistic, 9.09090909090909, relative: 1e-14)
    expectClose(square.pValue, 0.0025688315270227164, relative: 1e-12)
    // phi = (30·35 - 20·15) / √(50·50·45·55)
    expectClose(try #require(square.phi), 750 / (6_187_500.0).squareRoot(), relative: 1e-14)
    expectClose(square.cramersV, 750 / (6_187_500.0).squareRoot(), relative: 1e-14)
    let wide = try IndependenceTest([[30, 20, 10], [15, 35, 12]])
    expectClose(wide.statistic, 9.242424242424246, relative: 1e-14)
    expectClose(wide.pValue, 0.009840860513209562, relative: 1e-12)
    #expect(wide.degreesOfFreedom == 2 && wide.phi == nil)
  }

  @Test("rows and columns without units take no part") func emptyLevels() throws {
    let test = try IndependenceTest([[30, 20, 0], [0, 0, 0], [15, 35, 0]])
    expectClose(test.statistic, 9.09090909090909, relative: 1e-14)
    #expect(test.degreesOfFreedom == 1)
    #expect(throws: DomainError.self) { try IndependenceTest([[1, 2], [0, 0]]) }
  }

  @Test("scipy 1.x kstest(values, 'uniform'), exact; the correction of Stephens is good to two digits")
  func kolmogorovSmirnov() throws {
    let skewed = try UniformityTest((0..<100).map { Double($0) / 100 * 0.8 })
    expectClose(skewed.statistic, 0.20799999999999996, relative: 1e-14)
    expectClose(skewed.pValue, 0.0002842922908160945, relative: 0.1)
    let bent = try UniformityTest(
      (0..<100).map { index in
        let even = (Double(index * 37 % 100) + 0.5) / 100
        return pow(even, 1.3)
      })
    expectClose(bent.statistic, 0.10124094860421223, relative: 1e-12)
    expectClose(bent.pValue, 0.24022065390747058, relative: 0.02)
    #expect(try UniformityTest([0.1, 0.2, 0.3, 0.4, 0.5]).pValue < 0.13)
    #expect(throws: DomainError.self) { try UniformityTest([]) }
    #expect(throws: DomainError.self) { try UniformityTest([.nan]) }
  }
}

import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct SingleProportionTests {
  /// Failures instead of successes mirror the interval.
  @Test(arguments: [0, 1, 7, 19, 20]) func symmetry(successes: Int) {
    let methods: [(Int, Int, ConfidenceLevel) -> Interval] = [
      { SingleProportion.wilson($0, of: $1, level: $2) }, { SingleProportion.agrestiCoull($0, of: $1, level: $2) },
      { SingleProportion.clopperPearson($0, of: $1, level: $2) }, { SingleProportion.jeffreys($0, of: $1, level: $2) },
    ]
    for method in methods {
      let (one, other) = (method(successes, 20, .ninetyFive), method(20 - successes, 20, .ninetyFive))
      expectClose(one.lower, 1 - other.upper, relative: 1e-12, absolute: 1e-15)
    }
  }

  @Test func endsAreExact() {
    #expect(SingleProportion.clopperPearson(0, of: 9).lower == 0)
    #expect(SingleProportion.clopperPearson(9, of: 9).upper == 1)
    #expect(SingleProportion.wilson(0, of: 9).lower == 0)
    #expect(SingleProportion.wilson(9, of: 9).upper == 1)
    // 0 of n: 1 - (alpha/2)^(1/n) in closed form.
    expectClose(SingleProportion.clopperPearson(0, of: 9).upper, 1 - pow(0.025, 1.0 / 9), relative: 1e-12)
  }

  /// Clopper-Pearson covers at least 95 % for every p, by exact enumeration.
  @Test(arguments: [0.01, 0.2, 0.5, 0.93]) func clopperPearsonCovers(p: Double) throws {
    let law = try Binomial(trials: 30, probability: p)
    let coverage = (0...30).reduce(0.0) {
      SingleProportion.clopperPearson($1, of: 30).contains(p) ? $0 + law.mass($1) : $0
    }
    #expect(coverage >= 0.95)
  }
}

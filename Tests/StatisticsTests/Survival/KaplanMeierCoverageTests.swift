import Foundation
import Statistics
import Testing

@Suite struct KaplanMeierCoverageTests {
  @Test func logLogIntervalsCover() throws {
    // Exponential lives of mean 1, exponential censoring of mean 2, 60 units; S(0.7) = exp(-0.7). Of 2,000 intervals at 95 %
    // the simulation error is 0.5 points; Kaplan-Meier intervals are asymptotic, so 93 % to 97 % is asked for.
    var state: UInt64 = 9
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
    }
    var covered = 0
    let replicates = 2_000
    for _ in 0..<replicates {
      var (times, events): ([Double], [Bool]) = ([], [])
      for _ in 0..<60 {
        let (life, censoring) = (-log(uniform()), -2 * log(uniform()))
        times.append(min(life, censoring))
        events.append(life <= censoring)
      }
      let curve = KaplanMeier(try SurvivalData(time: times, event: events))
      guard let step = curve.data.times.lastIndex(where: { $0 <= 0.7 }), let lower = curve.lower[step],
        let upper = curve.upper[step]
      else { continue }
      covered += (lower...upper).contains(exp(-0.7)) ? 1 : 0
    }
    let coverage = Double(covered) / Double(replicates)
    #expect(coverage > 0.93 && coverage < 0.97, "coverage \(coverage)")
  }
}

import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct SurvivalCalibrationTests {
  static func lives(
    _ units: Int, mean: Double, _ generator: inout SeededGenerator
  ) throws -> SurvivalData {
    var (time, event): ([Double], [Bool]) = ([], [])
    for _ in 0..<units {
      let (life, end) = (mean * generator.exponential(), 0.5 + 2 * generator.uniform())
      time.append(min(life, end))
      event.append(life <= end)
    }
    return try SurvivalData(time: time, event: event)
  }

  /// Exponential lives of mean 1 and 1.4, uniform censoring, 150 units an arm. The mean up to 1.5 is m (1 - e^(-1.5/m)). A variance
  /// of the restricted time instead of the estimate's would be about 150 times too large.
  @Test func restrictedMeans() throws {
    var generator = SeededGenerator(seed: 301)
    func truth(_ mean: Double) -> Double { mean * (1 - exp(-1.5 / mean)) }
    var (one, difference, null) = (ErrorRate(), ErrorRate(), ErrorRate())
    for _ in 0..<2000 {
      func restricted(_ mean: Double) throws -> RestrictedMean {
        try RestrictedMean(KaplanMeier(Self.lives(150, mean: mean, &generator)), horizon: 1.5)
      }
      let (control, other, treatment) = (try restricted(1), try restricted(1), try restricted(1.4))
      one.add(control.interval().contains(truth(1)))
      difference.add(try treatment.difference(from: control).interval().contains(truth(1.4) - truth(1)))
      null.add(try other.difference(from: control).pValue < 0.05)
    }
    one.expect(0.95, slack: 0.006, "restricted mean")
    difference.expect(0.95, slack: 0.006, "difference")
    null.expect(0.05, slack: 0.006, "no difference")
  }

  /// Limits of the median (log 2 for mean 1) where the log-log limits of the curve cross one half.
  @Test func medians() throws {
    var generator = SeededGenerator(seed: 302)
    var covered = ErrorRate()
    for _ in 0..<2000 {
      let curve = KaplanMeier(try Self.lives(100, mean: 1, &generator))
      guard let lower = curve.medianLower else { continue }
      covered.add((lower...(curve.medianUpper ?? .infinity)).contains(log(2)))
    }
    covered.expect(0.95, slack: 0.015, "median")
  }
}

import Statistics
import TestSupport
import Testing

@Suite struct SampleRatioTestTests {
  /// An arm that was planned and got nobody is the strongest mismatch there is.
  @Test func deadArmIsCounted() throws {
    let test = try SampleRatioTest(counts: [500, 500, 0], weights: [1, 1, 1])
    #expect(test.degreesOfFreedom == 2)
    // Expected 1000/3 each: 2 (500 - 1000/3)² / (1000/3) + 1000/3 = 500.
    expectClose(test.statistic, 500)
    #expect(test.pValue < 1e-100)
  }

  @Test func armOfWeightZero() throws {
    let empty = try SampleRatioTest(counts: [510, 490, 0], weights: [1, 1, 0])
    #expect(empty.degreesOfFreedom == 1)
    #expect(empty == (try SampleRatioTest(counts: [510, 490], weights: [0.5, 0.5])))
    let used = try SampleRatioTest(counts: [510, 490, 1], weights: [1, 1, 0])
    #expect(used.statistic == .infinity)
    #expect(used.pValue == 0)
  }

  /// 90:10, 880 and 120 of 1000: (20)²/900 + (20)²/100 = 4.444...
  @Test func unequalWeights() throws {
    let test = try SampleRatioTest(counts: [880, 120], weights: [90, 10])
    expectClose(test.statistic, 400.0 / 900 + 4)
  }

  @Test func sentences() {
    func sentence(_ counts: [Int], _ weights: [Double]) -> String {
      do {
        _ = try SampleRatioTest(counts: counts, weights: weights)
        return "no error"
      } catch { return error.description }
    }
    #expect(sentence([1, 2], [1]) == "weights = 1, must be as many as there are arms (2).")
    #expect(sentence([1, 2], [1, -1]) == "weight = -1, must be finite and not negative.")
    #expect(sentence([1, 2], [1, 0]) == "arms with a positive weight = 1, must be at least 2.")
    #expect(sentence([0, 0], [1, 1]) == "units = 0, must be at least 1.")
  }

  /// A seeded stream of assignments under the plan: the error of looking at every 50th unit stays below 5 %.
  @Test func sequentialErrorRate() throws {
    let test = try SequentialSampleRatioTest(weights: [1, 1], concentration: 100)
    var generator = SeededGenerator(seed: 11)
    var rejected = 0
    for _ in 0..<400 {
      var counts = [0, 0]
      var least = 1.0
      for unit in 1...1000 {
        counts[generator.uniform() < 0.5 ? 0 : 1] += 1
        if unit % 50 == 0 { least = min(least, try test.pValues([counts])[0]) }
      }
      if least < 0.05 { rejected += 1 }
    }
    #expect(rejected <= 20)
    #expect(try test.pValues([[50, 50], [300, 100]])[1] < 1e-10)
  }
}

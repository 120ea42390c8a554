import Conformance
import Testing

@Suite struct CalibrationTests {
  /// Every procedure keeps its promise over 1,500 simulated experiments; the band is that of 99.9 % and the seed is fixed.
  @Test("error rates", arguments: CalibrationSuite.standard.indices)
  func keepsItsPromise(_ place: Int) throws {
    let subject = CalibrationSuite.standard[place]
    let result = try #require(try Calibration.run([subject], runs: 1500, seed: 7, threads: 1).first)
    #expect(
      result.holds,
      "\(subject.procedure), \(subject.population): \(result.errors) of 1500 \(subject.event), allowed \(result.band)")
  }

  /// A procedure that errs twice as often as it says is found out, and the counts do not depend on the threads.
  @Test func aLiarIsFoundOutOnAnyNumberOfThreads() throws {
    let liar = CalibrationCase("liar", "uniform", "1") { draws in draws.uniform() < 0.1 }
    let one = try #require(try Calibration.run([liar], runs: 5000, threads: 1).first)
    let three = try #require(try Calibration.run([liar], runs: 5000, threads: 3).first)
    #expect(!one.holds)
    #expect(one.errors == three.errors)
    #expect(Calibration.table([one]).contains("**outside**"))
  }

  /// Counts of successes drawn by their gaps have the binomial's mean and variance.
  @Test func successesAreBinomial() {
    var draws = Draws(seed: 3)
    let counts = (0..<20_000).map { _ in Double(draws.successes(50, rate: 0.3)) }
    let mean = counts.reduce(0, +) / 20_000
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19_999
    #expect(abs(mean - 15) < 4 * (10.5 / 20_000).squareRoot())
    #expect(abs(variance - 10.5) < 0.5)
  }
}

import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct IdealBootstrapTests {
  /// Two values 0 and 1: resamples 00, 01, 10, 11 with means 0, 1/2 (twice), 1.
  @Test func twoValues() throws {
    let bootstrap = try IdealBootstrap(rows: 2) { rows in Double(rows.reduce(0, +)) / Double(rows.count) }
    #expect(bootstrap.atoms.map(\.value) == [0, 0.5, 1])
    #expect(bootstrap.atoms.map(\.probability) == [0.25, 0.5, 0.25])
    #expect(bootstrap.mean == 0.5)
    expectClose(bootstrap.standardError, 0.125.squareRoot(), relative: 1e-15)
    #expect(bootstrap.quantile(0.25) == 0 && bootstrap.quantile(0.26) == 0.5)
    let difference = try bootstrap.difference(from: bootstrap)
    #expect(difference.atoms.map(\.value) == [-1, -0.5, 0, 0.5, 1])
    #expect(difference.atoms.map(\.probability) == [0.0625, 0.25, 0.375, 0.25, 0.0625])
  }

  @Test func probabilitiesAddUp() throws {
    for n in [1, 3, 7, 10] {
      let bootstrap = try IdealBootstrap(rows: n) { rows in rows.reduce(0) { $0 + Double($1 * $1) } }
      expectClose(bootstrap.atoms.reduce(0) { $0 + $1.probability }, 1, relative: 1e-12)
    }
  }

  /// The simulated bootstrap comes to the ideal one: 200,000 replicates, each limit within an atom.
  @Test func isTheLimit() throws {
    let x = [3.2, 5.7, 0.4, 8.2, 3.2, 1.7, 7.8]
    let ideal = try IdealBootstrap(rows: 7) { rows in rows.reduce(0) { $0 + x[$1] } / Double(rows.count) }
    let simulated = try Bootstrap(replicates: 200_000, seed: 4).distribution(samples: [[x]]) { $0[0].mean[0] }
    let (a, b) = (ideal.interval(), try simulated.interval(.ninetyFive, .percentile))
    #expect(abs(a.lower - b.lower) < 0.03 && abs(a.upper - b.upper) < 0.03)
    expectClose(simulated.standardError, ideal.standardError, relative: 0.01)
    expectClose(try simulated.biasCorrection().bias, try ideal.biasCorrection().bias, relative: 0, absolute: 0.012)
  }

  @Test func faults() throws {
    #expect(throws: DomainError("rows of the sample", 13, "must be at most 12 to enumerate all resamples")) {
      try IdealBootstrap(rows: 13) { _ in 0 }
    }
    expectSentence("statistic: must be finite on every resample.") {
      _ = try IdealBootstrap(rows: 3) { rows in 1 / Double(rows[2]) }
    }
    expectSentence("acceleration: is known for one sample of 2 rows or more only.") {
      _ = try IdealBootstrap(rows: 1) { _ in 0 }.biasCorrection()
    }
  }
}

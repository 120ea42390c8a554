import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct ClusterDesignTestTests {
  /// With one row a cluster CR2 is HC2, and with two arms of a constant that is Welch's standard error.
  @Test func clustersOfOneAreWelch() throws {
    let (a, b) = ([1.0, 4, 2, 8, 5], [3.0, 9, 7, 1])
    let test = try ClusterDesignTest(
      response: a + b, treated: [Bool](repeating: true, count: 5) + [Bool](repeating: false, count: 4),
      clusters: Array(0..<9))
    let welch = try WelchTTest(Moments(columns: [a]), against: Moments(columns: [b]))
    expectClose(test.estimate, welch.estimate, relative: 1e-13)
    expectClose(test.standardError, welch.standardError, relative: 1e-12)
    #expect(test.clusters == 9)
  }

  /// Blocks take out what differs between them: y = 10 · block + 2 · arm without noise leaves nothing to estimate a variance from,
  /// so a little is added to two rows.
  @Test func blocks() throws {
    let block = [0, 0, 0, 0, 1, 1, 1, 1]
    let treated = [0, 1, 0, 1, 0, 1, 0, 1].map { $0 == 1 }
    var y = zip(block, treated).map { 10 * Double($0) + ($1 ? 2 : 0) }
    y[0] += 0.1
    y[7] -= 0.1
    let test = try ClusterDesignTest(response: y, treated: treated, clusters: [0, 0, 1, 1, 2, 2, 3, 3], blocks: block)
    // Within blocks the differences of arm means are 2 - 0.05 twice.
    expectClose(test.estimate, 1.95, relative: 1e-12)
  }

  /// A switchback: 16 days of 12 windows, arms drawn by window, a level by day, a shape by hour, errors that follow each other. The
  /// day is the cluster. Treating windows as independent misses here, since arms are drawn by pairs of windows.
  @Test func switchback() throws {
    var generator = SeededGenerator(seed: 210)
    var (covered, naive) = (0, 0)
    let rounds = 800
    for _ in 0..<rounds {
      var (y, treated, day, hour): ([Double], [Bool], [Int], [Int]) = ([], [], [], [])
      for d in 0..<16 {
        let level = 2 * generator.normal()
        var (error, arm) = (generator.normal(), false)
        for h in 0..<12 {
          if h % 3 == 0 { arm = generator.uniform() < 0.5 }
          error = 0.8 * error + 0.6 * generator.normal()
          y.append(level + sin(Double(h)) + (arm ? 0.5 : 0) + error)
          treated.append(arm)
          day.append(d)
          hour.append(h)
        }
      }
      let test = try ClusterDesignTest(response: y, treated: treated, clusters: day, blocks: hour)
      covered += test.interval().contains(0.5) ? 1 : 0
      let rows = try ClusterDesignTest(response: y, treated: treated, clusters: Array(y.indices), blocks: hour)
      naive += rows.interval().contains(0.5) ? 1 : 0
    }
    // Of 800 at 95 %: 99.9 % band 740 to 780.
    #expect((736...784).contains(covered), "\(covered) of \(rounds)")
    #expect(naive < 720, "\(naive) of \(rounds)")
  }

  @Test func faults() {
    #expect(throws: DomainError("arms with rows", 1, "must be 2")) {
      try ClusterDesignTest(response: [1, 2], treated: [true, true], clusters: [0, 1])
    }
    #expect(throws: DomainError("clusters", 1, "must be at least 2")) {
      try ClusterDesignTest(response: [1, 2, 4], treated: [true, false, true], clusters: [0, 0, 0])
    }
    expectSentence("arm: does not vary within blocks and covariates; the effect cannot be told from theirs.") {
      _ = try ClusterDesignTest(
        response: [1, 2, 4, 5], treated: [true, false, true, false], clusters: [0, 1, 2, 3], blocks: [0, 1, 0, 1])
    }
    #expect(throws: DomainError("arms", 1, "must be as many as responses (2)")) {
      try ClusterDesignTest(response: [1, 2], treated: [true], clusters: [0, 1])
    }
  }
}

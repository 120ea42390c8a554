import Statistics
import TestSupport
import Testing

@Suite struct QuantileTests {
  /// Selection gives what sorting gives, on ties, sorted, reversed and random values.
  @Test func selectionAgreesWithSorting() {
    var generator = SeededGenerator(seed: 1)
    let probabilities = [0.5, 0, 1, 0.01, 0.99, 0.25, 0.9]
    for count in [1, 2, 3, 64, 65, 1000, 5000] {
      let random = (0..<count).map { _ in generator.normal() }
      let shapes = [
        random, random.sorted(), random.sorted(by: >), random.map { $0.rounded() },
        [Double](repeating: 7, count: count), (0..<count).map { Double($0 % 3) },
      ]
      for values in shapes {
        let sorted = values.sorted()
        let wanted = probabilities.map { SampleQuantile.type7(sorted, $0) }
        #expect(SampleQuantile.type7(of: values, at: probabilities) == wanted)
      }
    }
  }

  /// 0.07 · 100 is 7.000000000000001 in doubles; the seventh value is meant.
  @Test func typeOneOfAWholeRank() {
    let values = (1...100).map(Double.init)
    #expect(SampleQuantile.type1(values, 0.07) == 7)
    #expect(SampleQuantile.type1(values, 0.071) == 8)
    #expect(SampleQuantile.type1(values, 0) == 1)
    #expect(SampleQuantile.type1(values, 1) == 100)
  }

  @Test func faults() throws {
    let few = #expect(throws: DomainError.self) { try QuantileEstimate(sorted: [1, 2, 3], probability: 0.9) }
    #expect(few?.sentence == "values in the sample arm = 3, are too few for the interval of the 0.9 quantile.")
    let range = #expect(throws: DomainError.self) { try QuantileRanks(exact: 3, probability: 1) }
    #expect(range?.sentence == "probability of a quantile = 1, must be in (0, 1).")
    let one = #expect(throws: DomainError.self) {
      try QuantileEstimate(values: [1, 2, 3], clusters: [4, 4, 4], probability: 0.5)
    }
    #expect(one?.sentence == "clusters in the sample arm = 1, must be at least 2.")
    let flat = try QuantileEstimate(sorted: .init(repeating: 2, count: 100), probability: 0.5)
    let equal = #expect(throws: DomainError.self) { try QuantileDifference(treatment: flat, control: flat) }
    #expect(
      equal?.sentence
        == "variance of the difference = 0, must be positive: the values around the quantile are all equal.")
  }

  /// Exponential values: the exact ranks cover the median of any law, at least as often as they say.
  @Test func coverageOfExactRanks() throws {
    var generator = SeededGenerator(seed: 12)
    let runs = 4000
    let truth = 0.6931471805599453
    let ranks = try QuantileRanks(exact: 50, probability: 0.5)
    var covered = 0
    for _ in 0..<runs {
      let sorted = (0..<50).map { _ in generator.exponential() }.sorted()
      if ranks.interval(sorted).contains(truth) { covered += 1 }
    }
    let error = 4 * (ranks.coverage * (1 - ranks.coverage) / Double(runs)).squareRoot()
    #expect(ranks.coverage >= 0.95)
    expectClose(Double(covered) / Double(runs), ranks.coverage, relative: 0, absolute: error)
  }

  /// Difference of 90 % quantiles: rows of one unit each, and rows of users who differ, ten a user.
  @Test func coverageOfDifferences() throws {
    var generator = SeededGenerator(seed: 13)
    let runs = 1500
    var (plain, clustered, naive) = (0, 0, 0)
    func rows(_ users: Int) -> (values: [Double], clusters: [Int]) {
      var (values, clusters) = ([Double](), [Int]())
      for user in 0..<users {
        let habit = generator.normal()
        for _ in 0..<10 {
          values.append(habit + generator.normal())
          clusters.append(user)
        }
      }
      return (values, clusters)
    }
    for _ in 0..<runs {
      let (a, b) = (
        (0..<400).map { _ in generator.exponential() }.sorted(), (0..<600).map { _ in generator.exponential() }.sorted()
      )
      let independent = try QuantileDifference(
        treatment: QuantileEstimate(sorted: a, probability: 0.9), control: QuantileEstimate(sorted: b, probability: 0.9)
      )
      if independent.interval().contains(0) { plain += 1 }
      let (t, c) = (rows(120), rows(150))
      let byUser = try QuantileDifference(
        treatment: QuantileEstimate(values: t.values, clusters: t.clusters, probability: 0.9),
        control: QuantileEstimate(values: c.values, clusters: c.clusters, probability: 0.9))
      if byUser.interval().contains(0) { clustered += 1 }
      let byRow = try QuantileDifference(
        treatment: QuantileEstimate(sorted: t.values.sorted(), probability: 0.9),
        control: QuantileEstimate(sorted: c.values.sorted(), probability: 0.9))
      if byRow.interval().contains(0) { naive += 1 }
    }
    // The order-statistic interval is a little wide in samples of this size; the lower side is what matters.
    let error = 4 * (0.05 * 0.95 / Double(runs)).squareRoot()
    for count in [plain, clustered] { #expect((0.95 - error...0.985).contains(Double(count) / Double(runs))) }
    // Rows of one user taken as independent: the error that clusters are for.
    #expect(Double(naive) / Double(runs) < 0.9)
  }
}

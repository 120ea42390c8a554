import Basics
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct CoxRegressionTests {
  @Test("R coxph", arguments: try References.cases("survival", function: "coxPH"))
  func againstR(_ c: ReferenceCase) throws {
    let names = (c.input["covariates"]?.array ?? []).compactMap(\.string)
    let data = c.input["data"]
    let model = try CoxRegression(
      time: SurvivalTests.numbers(data?["time"]), event: SurvivalTests.flags(data?["event"]),
      covariates: names.map { SurvivalTests.numbers(data?[$0]) },
      ties: try #require(CoxRegression.Ties(rawValue: c.input["ties"]?.string ?? "")))
    SurvivalTests.expectEqual(model.coefficients.map(\.estimate), c.expected["coefficients"], c, "coefficients")
    SurvivalTests.expectEqual(model.coefficients.map(\.standardError), c.expected["standardErrors"], c, "errors")
    SurvivalTests.expectEqual(model.logLikelihoodNull, c.expected["logLikelihoodNull"], c, "null")
    SurvivalTests.expectEqual(model.logLikelihood, c.expected["logLikelihood"], c, "log-likelihood")
    SurvivalTests.expectEqual(model.scoreTest.statistic, c.expected["scoreTest"], c, "score")
    SurvivalTests.expectEqual(model.likelihoodRatioTest.statistic, c.expected["likelihoodRatio"], c, "ratio")
    SurvivalTests.expectEqual(model.concordance, c.expected["concordance"], c, "concordance")
    SurvivalTests.expectEqual(model.baselines[0].times, c.expected["baselineTime"], c, "times")
    SurvivalTests.expectEqual(model.baselines[0].cumulativeHazard, c.expected["baselineHazard"], c, "baseline")
    // R prints the Wald statistic with two decimals.
    expectClose(model.waldTest.statistic, c.expected["waldTest"]?.double ?? .nan, relative: 0, absolute: 0.00501)
  }

  // MARK: - Fifteen units, by hand

  static let time: [Double] = [1, 1, 2, 3, 3, 3, 4, 5, 6, 6, 7, 8, 9, 10, 12]
  static let event = [1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0].map { $0 == 1 }
  static let covariates: [[Double]] = [
    [0.5, 1.2, -0.3, 2, 0.1, 0.4, -1.1, 0.9, 0.2, -0.6, 1.5, -0.2, 0.7, -1.4, 0.3],
    [1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0],
  ]
  static let entry: [Double] = [0, 0, 0, 1, 2, 0, 1.5, 3, 0, 2, 5, 6, 3, 4, 7]
  static let strata = (0..<15).map { $0 % 2 }

  /// The likelihood written out, maximised with derivatives by mpmath at 40 digits.
  @Test func truncationAndStrata() throws {
    typealias Case = (entry: [Double]?, strata: [Int]?, ties: CoxRegression.Ties, expected: [Double])
    let cases: [Case] = [
      (
        nil, nil, .efron,
        [0.1498086566904137, 0.7538002059393675, 0.3308916766732885, 0.6958596665296161, -18.79437333665323]
      ),
      (
        Self.entry, nil, .efron,
        [0.2515898251841872, 0.9633614760538643, 0.3547155387270382, 0.7739794087205539, -13.48220901226111]
      ),
      (
        nil, Self.strata, .efron,
        [0.09567682319931096, 0.4781751835871675, 0.4606167584424571, 0.7429319055050267, -13.25119640425489]
      ),
      (
        Self.entry, Self.strata, .breslow,
        [0.5948776258020781, 0.5658600399817576, 0.6166012583689261, 0.8650054473985573, -8.020718593362642]
      ),
    ]
    for (entry, strata, ties, expected) in cases {
      let model = try CoxRegression(
        time: Self.time, event: Self.event, covariates: Self.covariates, entry: entry, strata: strata, ties: ties)
      let got = model.coefficients.map(\.estimate) + model.coefficients.map(\.standardError) + [model.logLikelihood]
      for (g, e) in zip(got, expected) { expectClose(g, e, relative: 1e-12) }
    }
  }

  /// Three units, one covariate 0, 1, 0 in the order of events: L = (e^b)^0/(2 + e^b) · e^b/(1 + e^b) · 1, whose logarithm
  /// b - log(2 + e^b) - log(1 + e^b) is greatest where e^2b = 2, so b = log(2)/2.
  @Test func threeUnits() throws {
    let model = try CoxRegression(time: [1, 2, 3], event: [true, true, true], covariates: [[0, 1, 0]])
    expectClose(model.coefficients[0].estimate, log(2) / 2, relative: 1e-14)
    // Pairs: (1, 2) discordant, (1, 3) tied, (2, 3) concordant.
    #expect(model.concordance == 0.5)
  }

  @Test func offsetsAndUnitsDoNotMatter() throws {
    let plain = try CoxRegression(time: Self.time, event: Self.event, covariates: Self.covariates)
    let moved = try CoxRegression(
      time: Self.time, event: Self.event, covariates: [Self.covariates[0].map { 1e6 + 1000 * $0 }, Self.covariates[1]])
    expectClose(1000 * moved.coefficients[0].estimate, plain.coefficients[0].estimate, relative: 1e-8)
    expectClose(moved.coefficients[1].estimate, plain.coefficients[1].estimate, relative: 1e-8)
    #expect(plain.coefficients[0].hazardRatioInterval().contains(plain.coefficients[0].hazardRatio))
  }

  /// Numeric second derivatives (mpmath, 40 digits) of the likelihood with a coefficient β + θ g(t), at θ = 0.
  @Test func proportionality() throws {
    let model = try CoxRegression(time: Self.time, event: Self.event, covariates: Self.covariates)
    let cases: [(ProportionalHazardsTest.Scale, [Double])] = [
      (.identity, [0.0057542012183098, 0.0020495169609989, 0.012015838505532]),
      (.log, [0.00010243045338246, 0.18092521519749, 0.19032257408957]),
      (.kaplanMeier, [0.0058871861266106, 0.098121898787469, 0.14387666654366]),
    ]
    for (scale, expected) in cases {
      let test = try ProportionalHazardsTest(model, scale: scale)
      for (got, number) in zip(test.covariates.map(\.statistic) + [test.all.statistic], expected) {
        expectClose(got, number, relative: 1e-9)
      }
      #expect(test.all.degreesOfFreedom == 2)
    }
  }

  // MARK: - What has no answer

  @Test func separationIsSaid() {
    func sentence(_ covariate: Int) -> String {
      "coefficient of covariate \(covariate): has no finite estimate, the covariates tell without error who has the event "
        + "first (separation); join its levels or leave it out."
    }
    // All units with the covariate have the event before all others: the coefficient runs to infinity.
    expectSentence(sentence(1)) {
      _ = try CoxRegression(
        time: [1, 2, 3, 4, 5, 6], event: [true, true, true, true, true, true], covariates: [[1, 1, 1, 0, 0, 0]])
    }
    // An arm without events, beside a covariate that is fine.
    expectSentence(sentence(2)) {
      _ = try CoxRegression(
        time: Self.time, event: zip(Self.event, Self.covariates[1]).map { $0 && $1 == 0 }, covariates: Self.covariates)
    }
  }

  @Test func faults() {
    let (time, event) = ([1.0, 2, 3, 4], [true, true, false, true])
    expectSentence("covariate 1: has no coefficient, all units have the same value; leave it out.") {
      _ = try CoxRegression(time: time, event: event, covariates: [[2, 2, 2, 2]])
    }
    expectSentence(
      "coefficient of covariate 2: cannot be told from those of the covariates before it among the units at risk; leave one "
        + "of them out."
    ) { _ = try CoxRegression(time: time, event: event, covariates: [[1, 3, 2, 0], [2, 6, 4, 0]]) }
    #expect(throws: DomainError("events", 0, "must be at least 1")) {
      try CoxRegression(time: time, event: [false, false, false, false], covariates: [[1, 3, 2, 0]])
    }
    #expect(throws: DomainError("value of a covariate", .infinity, "must be finite")) {
      try CoxRegression(time: time, event: event, covariates: [[1, 3, .infinity, 0]])
    }
    #expect(throws: DomainError("covariates", 0, "must be at least 1")) {
      try CoxRegression(time: time, event: event, covariates: [])
    }
    #expect(throws: DomainError("number of strata", 1, "must be the number of times, 4")) {
      try CoxRegression(time: time, event: event, covariates: [[1, 3, 2, 0]], strata: [1])
    }
  }

  /// Exponential lives of hazard exp(0.5 x) with entries and censoring: of 1,000 intervals at 95 % the simulation error is 0.7
  /// points (99.9 % band: 92.7 to 97.3), and the proportionality test rejects as often as it says.
  @Test func coverage() throws {
    var generator = SeededGenerator(seed: 20)
    let replicates = 1000
    var (covered, rejected) = (0, 0)
    for _ in 0..<replicates {
      var (time, event, entry, x): ([Double], [Bool], [Double], [Double]) = ([], [], [], [])
      while time.count < 120 {
        let (covariate, start) = (generator.normal(), 0.3 * generator.uniform())
        let (life, censoring) = (generator.exponential() * exp(-0.5 * covariate), start + 2 * generator.exponential())
        guard life > start else { continue }
        time.append(min(life, censoring))
        event.append(life <= censoring)
        entry.append(start)
        x.append(covariate)
      }
      let model = try CoxRegression(time: time, event: event, covariates: [x], entry: entry)
      covered += model.coefficients[0].interval().contains(0.5) ? 1 : 0
      rejected += try ProportionalHazardsTest(model).all.pValue < 0.05 ? 1 : 0
    }
    #expect((927...973).contains(covered), "covered \(covered) of \(replicates)")
    #expect((27...76).contains(rejected), "rejected \(rejected) of \(replicates)")
  }
}
